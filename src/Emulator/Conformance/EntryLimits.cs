using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>What ptxas refuses of a whole entry, where each of its instructions is right.</summary>
internal static class EntryLimits
{
    private const int StaticShared = 48 << 10;
    private const int StaticSharedOfVariants = 227 << 10;
    private const int MostOfThread = 255;
    private const int RegistersOfMultiprocessor = 64 << 10;

    public static void Require(PtxModule module, KernelCode code, SharedLayout shared)
    {
        RequireShared(module, code, shared);
        RequireRegisters(code.Function);
    }

    /// <summary>Variables of the entry count, and of the module's those that it uses.</summary>
    private static void RequireShared(PtxModule module, KernelCode code, SharedLayout shared)
    {
        IEnumerable<PtxVariable> used = module.Variables.Where(v => shared.Find(v) is not null);
        long bytes = 0;
        foreach (PtxVariable variable in used.Concat(code.Functions.SelectMany(f => f.Variables)).Where(v => v.Space == StateSpace.Shared))
            bytes = ((bytes + variable.Align - 1) & -variable.Align) + variable.Size;
        int most = module.Target is { Number: 90 or 100 or 101 or 103 or 110, Variant: not '\0' } ? StaticSharedOfVariants : StaticShared;
        if (bytes > most)
        {
            throw new PtxException(
                code.Function.Line, $"{code.Function.Name} uses too much shared data: {bytes} bytes, and it may have {most}");
        }
    }

    /// <summary>
    /// setmaxnreg.dec can't leave a warp more registers than it had: a share of the multiprocessor's, or what an inc asked for.
    /// </summary>
    private static void RequireRegisters(PtxFunction entry)
    {
        long most = MostOfThread;
        if (entry.Directives.TryGetValue("maxntid", out int[]? block) || entry.Directives.TryGetValue("reqntid", out block))
            most = Math.Min(most, RegistersOfMultiprocessor / Math.Max(1, block.Aggregate(1L, (a, b) => a * b)) & ~7);
        if (entry.Directives.TryGetValue("maxnreg", out int[]? given))
            most = Math.Min(most, given[0]);
        foreach (PtxInstruction instruction in entry.Instructions.Where(i => i.Opcode == "setmaxnreg"))
        {
            long count = (long)instruction.Operands[0].Bits;
            if (instruction.Suffixes.Contains("inc"))
            {
                most = Math.Max(most, count);
            }
            else if (count > most)
            {
                throw new PtxException(
                    instruction.Line, $"{count} registers are more than the {most} that a thread begins with, in '{instruction}'");
            }
        }
    }
}
