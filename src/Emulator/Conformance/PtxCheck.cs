using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>
/// Stands in for ptxas: says of a module's text whether it would take it, by the reader and the decoders that launches go through,
/// without running anything. Functions that no kernel calls are decoded, too.
/// </summary>
public static class PtxCheck
{
    /// <summary>Checks a module for the architecture that it names itself.</summary>
    /// <param name="text">all of it</param>
    public static PtxVerdict Of(string text) => Of(text, null);

    /// <summary>Checks a module.</summary>
    /// <param name="text">all of it</param>
    /// <param name="device">the architecture that code is wanted for, as <c>ptxas -arch</c> has it; null: the module's own</param>
    internal static PtxVerdict Of(string text, PtxTarget? device)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            PtxModule module = PtxModule.Parse(text);
            RequireDevice(module, device ?? module.Target);
            return Decode(module) is var (instruction, reason)
                ? new PtxVerdict(null, $"not supported: {reason}, in '{instruction}'", instruction.Line)
                : new PtxVerdict(true, "", 0) { Entries = [.. Kernels(module).Select(RegisterEstimate.Of)] };
        }
        catch (PtxException error) when (error.IsLimit)
        {
            return new PtxVerdict(null, $"not supported: {error.Reason}", error.Line);
        }
        catch (PtxException error)
        {
            return new PtxVerdict(false, error.Reason, error.Line);
        }
    }

    /// <summary>The kernels that aren't too long for an estimate.</summary>
    private static IEnumerable<PtxFunction> Kernels(PtxModule module) =>
        module.Functions.Values.Where(f => f is { IsEntry: true, HasBody: true } && RegisterEstimate.HasRoomFor(f));

    private static void RequireDevice(PtxModule module, PtxTarget device)
    {
        if (module.Target.RunsOn(device))
            return;
        throw new PtxException(module.TargetLine, module.Target.Number > device.Number
            ? $"the module is for {module.Target}, newer than the {device} that code is asked for"
            : $"code for {module.Target} runs there alone, not on {device}");
    }

    /// <summary>The first instruction that isn't covered, and why; null if there is none.</summary>
    private static (PtxInstruction Instruction, string Reason)? Decode(PtxModule module)
    {
        using var globals = new GlobalMemory(isLasting: false);
        var memory = new ModuleMemory(module, globals);
        var decoded = new HashSet<PtxFunction>();
        (PtxInstruction Instruction, string Reason)? first = null;
        foreach (PtxFunction function in module.Functions.Values.Where(f => f.HasBody).OrderByDescending(f => f.IsEntry))
        {
            if (!function.IsEntry && decoded.Contains(function))
                continue;
            KernelCode code = Decode(module, memory, function);
            decoded.UnionWith(code.Functions);
            if (code.Doubts.Count > 0)
                first ??= code.Doubts[0];
        }
        return first;
    }

    private static KernelCode Decode(PtxModule module, ModuleMemory memory, PtxFunction function)
    {
        var bank = new ParameterBank();
        var code = new KernelCode { Function = function };
        var shared = new SharedLayout(0);
        var symbols = new SymbolTable(memory, shared, code.Frame, module);
        if (function.IsEntry)
        {
            foreach (PtxVariable parameter in function.Parameters)
                symbols.AddParameter(parameter, bank.Add(parameter).Address);
        }
        new Decoder(module, code, symbols).Run();
        if (function.IsEntry)
            EntryLimits.Require(module, code, shared);
        return code;
    }
}
