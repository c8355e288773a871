using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Driver;

/// <summary>Decodes calls of functions that the module only declares.</summary>
internal static class ExternalCalls
{
    /// <param name="arguments">from the caller's frame</param> <param name="results">to the caller's frame</param>
    public static Instruction Make(PtxFunction declared, List<FrameCopy> arguments, List<FrameCopy> results)
    {
        string name = Printable.Quoted(declared.Name);
        if (DriverFunctions.Find(declared.Name) is not { } function)
            return new MissingCall($"the function {name} has no body, and isn't one of the driver's") { Class = InstructionClass.Control };
        bool fits = arguments.Select(a => a.Bytes).SequenceEqual(function.Parameters)
            && results.Sum(r => r.Bytes) == function.Result && results.Count <= 1;
        if (!fits)
        {
            string wanted = $"parameters of {string.Join(", ", function.Parameters)} bytes and {(function.Result == 0 ? "no result" : $"a result of {function.Result}")}";
            return new MissingCall($"the driver's {name} has {wanted}; the module declares another") { Class = InstructionClass.Control };
        }
        return new DriverCall(function, [.. arguments.Select(a => a.From)], results.Count == 0 ? null : results[0].To) { Class = InstructionClass.Control };
    }
}
