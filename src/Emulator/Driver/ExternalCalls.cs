using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Driver;

/// <summary>Decodes calls of functions that the module only declares.</summary>
internal static class ExternalCalls
{
    /// <param name="arguments">from the caller's frame</param> <param name="results">to the caller's frame</param>
    /// <exception cref="UnsupportedException">The driver has no such function.</exception>
    public static DriverCall Make(PtxFunction declared, List<FrameCopy> arguments, List<FrameCopy> results, InstructionDecoder decoder)
    {
        string name = Printable.Quoted(declared.Name);
        if (DriverFunctions.Find(declared.Name) is not { } function)
            throw decoder.Unsupported($"the function {name} has no body, and isn't one of the driver's");
        int[] sizes = [.. arguments.Select(a => a.Bytes)];
        bool fits = (sizes.SequenceEqual(function.Parameters) || (function.AlsoParameters is { } also && sizes.SequenceEqual(also)))
            && results.Sum(r => r.Bytes) == function.Result && results.Count <= 1 && !arguments.Concat(results).Any(c => c.InRegisters);
        if (!fits)
        {
            string result = function.Result == 0 ? "no result" : $"a result of {function.Result}";
            throw decoder.Unsupported($"the driver's {name} has parameters of {string.Join(", ", function.Parameters)} bytes and {result}, "
                + "in .param; the module declares another");
        }
        function = function with { Parameters = sizes };
        int? result0 = results.Count == 0 ? null : results[0].To;
        return new DriverCall(function, [.. arguments.Select(a => a.From)], result0) { Class = InstructionClass.Control };
    }
}
