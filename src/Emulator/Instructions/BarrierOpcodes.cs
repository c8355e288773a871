using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Barriers of a CTA, a warp and a cluster (PTX ISA 9.7.13.1–3).</summary>
internal static class BarrierOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["bar"] = d => d.Flag("warp") ? WarpBarrier(d) : CtaBarrier(d, alwaysAligned: true);
        all["barrier"] = d => d.Flag("cluster") ? ClusterBarrier(d) : CtaBarrier(d, alwaysAligned: false);
    }

    private static WarpSync WarpBarrier(InstructionDecoder d)
    {
        d.Need("sync");
        d.Count(1);
        return new WarpSync(d.Source(0, PtxType.B32)) { Class = InstructionClass.Barrier };
    }

    private static Instruction CtaBarrier(InstructionDecoder d, bool alwaysAligned)
    {
        d.Flag("cta");
        string action = d.Need("sync", "arrive", "red");
        bool aligned = alwaysAligned || d.Flag("aligned");
        if (action == "red")
            return Reduction(d, aligned);
        d.Count(action == "arrive" ? 2 : 1, 2);
        int number = Number(d, 0);
        int? count = d.Operands.Count > 1 ? Threads(d, 1) : null;
        return new BarrierSync(number, count, aligned, waits: action == "sync", null, null) { Class = InstructionClass.Barrier };
    }

    private static int Number(InstructionDecoder d, int index)
    {
        if (d.Operand(index).Kind == OperandKind.Integer && d.Immediate(index) is < 0 or > 15)
            throw d.Error("barriers have the numbers 0 to 15");
        return d.Source(index, PtxType.U32);
    }

    private static int Threads(InstructionDecoder d, int index)
    {
        if (d.Operand(index).Kind == OperandKind.Integer && (d.Immediate(index) % Warp.Lanes != 0 || (d.Immediate(index) == 0
            && d.Syntax.Suffixes.Contains("arrive"))))
        {
            throw d.Error($"a barrier counts threads in multiples of {Warp.Lanes}");
        }
        return d.Source(index, PtxType.U32);
    }

    private static BarrierSync Reduction(InstructionDecoder d, bool aligned)
    {
        string operation = d.Need("popc", "and", "or");
        PtxType type = d.Type(operation == "popc" ? PtxType.U32 : PtxType.Pred);
        d.Count(3, 4);
        LaneSlot to = new(d.Destination(0, type), type.Bytes());
        int number = Number(d, 1);
        int? count = d.Operands.Count > 3 ? Threads(d, 2) : null;
        PredicateSource p = d.Predicate(d.Operands[^1]);
        return new BarrierSync(number, count, aligned, waits: true, p, (warp, mask, any, all, trues) =>
        {
            ulong value = operation switch { "popc" => (ulong)trues, "and" => all ? 1u : 0, _ => any ? 1u : 0 };
            for (uint rest = mask; rest != 0; rest &= rest - 1)
                to.Write(warp, int.TrailingZeroCount((int)rest), value);
        })
        { Class = InstructionClass.Barrier };
    }

    private static ClusterSync ClusterBarrier(InstructionDecoder d)
    {
        bool arrives = d.Need("arrive", "wait") == "arrive";
        string? order = arrives ? d.OneOf("release", "relaxed") : d.OneOf("acquire");
        bool aligned = d.Flag("aligned");
        d.Count(0);
        return new ClusterSync(arrives, order == "relaxed", aligned) { Class = InstructionClass.Barrier };
    }
}
