using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Hints to the caches, which do nothing here (PTX ISA 9.7.9.15–19).</summary>
internal static class CacheOpcodes
{
    private const int LineBytes = 128;

    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["prefetch"] = Prefetch;
        all["prefetchu"] = d =>
        {
            d.Need("L1");
            return At(d, StateSpace.Generic);
        };
        all["applypriority"] = d =>
        {
            StateSpace space = d.OneOf("global") is null ? StateSpace.Generic : StateSpace.Global;
            d.Need("L2::evict_normal");
            d.Count(2);
            if (d.Immediate(1) != LineBytes)
                throw d.Error($"applypriority takes {LineBytes} bytes");
            d.Address(d.Operand(0), space);
            return new Nothing();
        };
        all["createpolicy"] = Policy;
    }

    private static Nothing Prefetch(InstructionDecoder d)
    {
        if (d.Flag("tensormap"))
            return At(d, Space(d, "const", "param"));
        StateSpace space = Space(d, "global", "local");
        string level = d.Need("L1", "L2", "L2::evict_last", "L2::evict_normal");
        if (level.Length > 2 && space == StateSpace.Generic)
            throw d.Unsupported($".{level} of a generic address isn't covered");
        if (level.Length > 2 && space != StateSpace.Global)
            throw d.Error($".{level} belongs to global memory");
        return At(d, space);
    }

    private static StateSpace Space(InstructionDecoder d, params ReadOnlySpan<string> known) => d.OneOf(known) switch
    {
        "global" => StateSpace.Global,
        "local" => StateSpace.Local,
        "const" => StateSpace.Const,
        "param" => StateSpace.Param,
        _ => StateSpace.Generic,
    };

    private static Nothing At(InstructionDecoder d, StateSpace space)
    {
        d.Count(1);
        d.Address(d.Operand(0), space);
        return new Nothing();
    }

    /// <summary>A policy is a number that only hints mind.</summary>
    private static LaneFunction Policy(InstructionDecoder d)
    {
        string kind = d.Need("fractional", "range", "cvt");
        if (kind == "cvt")
        {
            d.Need("L2");
            d.Count(2);
            d.Source(1, PtxType.B64);
        }
        else
        {
            Priorities(d, kind);
        }
        d.Type(PtxType.B64);
        return new LaneFunction(new(d.Destination(0, PtxType.B64), 8), [], _ => 0);
    }

    private static void Priorities(InstructionDecoder d, string kind)
    {
        StateSpace space = d.OneOf("global") is null ? StateSpace.Generic : StateSpace.Global;
        d.Need("L2::evict_last", "L2::evict_normal", "L2::evict_first", "L2::evict_unchanged");
        d.OneOf("L2::evict_first", "L2::evict_unchanged");
        if (kind == "range")
        {
            d.Count(4);
            d.Address(d.Operand(1), space);
            d.Source(2, PtxType.B32);
            d.Source(3, PtxType.B32);
            return;
        }
        if (space != StateSpace.Generic)
            throw d.Error(".global belongs to .range");
        d.Count(1, 2);
        if (d.Operands.Count > 1)
            d.Source(1, PtxType.F32);
    }
}
