using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>mbarrier (PTX ISA 9.7.13.15).</summary>
internal static class MemoryBarrierOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all) => all["mbarrier"] = Barrier;

    private static Instruction Barrier(InstructionDecoder d)
    {
        string action = d.Need("init", "inval", "arrive", "arrive_drop", "expect_tx", "complete_tx", "test_wait", "try_wait",
            "pending_count");
        if (action == "pending_count")
            return PendingCount(d);
        bool arrives = action is "arrive" or "arrive_drop", waits = action is "test_wait" or "try_wait";
        bool mayNotComplete = arrives && d.Flag("noComplete"), expects = arrives && d.Flag("expect_tx"), parity = waits && d.Flag("parity");
        bool relaxed = Order(d, action, arrives, waits);
        string? space = d.OneOf("shared", "shared::cta", "shared::cluster");
        bool generic = space is null;
        if (space == "shared::cluster" && waits)
            throw d.Error("another CTA's mbarrier can't be waited for");
        if (space == "shared::cluster" && action is "init" or "inval")
            d.Doubt($"another CTA's mbarrier isn't known to take {action}");
        d.Type(PtxType.B64);
        if (waits)
            return Wait(d, action == "try_wait", parity, generic, relaxed);
        int at = arrives ? 1 : 0;
        if (mayNotComplete && d.Syntax.Suffixes.Contains("cluster"))
            throw d.Error(".noComplete and .cluster exclude each other");
        d.Count(action == "inval" ? 1 : 2, arrives ? 3 : 0);
        bool hasToken = at == 1 && d.Operand(0).Kind != OperandKind.Sink;
        if (hasToken && space == "shared::cluster")
            throw d.Error("an arrival at another CTA's mbarrier gives no state: its result is _");
        if (hasToken && d.Operand(0).Register is { Type: PtxType.F64 } real)
            d.Doubt($"{real.Name} is a .f64 where a state belongs");
        LaneSlot? token = hasToken ? new LaneSlot(d.Destination(0, PtxType.B64), 8) : null;
        LaneSlot? value = d.Operands.Count > at + 1 ? new LaneSlot(d.Source(at + 1, PtxType.U32), 4) : null;
        bool isBytes = expects || action is "expect_tx" or "complete_tx";
        if (value is null && (isBytes || mayNotComplete || action == "init"))
            throw d.Error("a count is missing");
        Address address = d.SharedAddress(d.Operand(at), generic);
        return new BarrierOperation(action, address, generic, token, isBytes ? null : value, isBytes ? value : null,
            relaxed, mayNotComplete)
        {
            Class = InstructionClass.Barrier,
        };
    }

    /// <summary>An order and a scope stand together or not at all; whether it is .relaxed.</summary>
    private static bool Order(InstructionDecoder d, string action, bool arrives, bool waits)
    {
        string? order = arrives ? d.OneOf("release", "relaxed") : waits ? d.OneOf("acquire", "relaxed") : action.EndsWith("tx",
            StringComparison.Ordinal) ? d.OneOf("relaxed") : null;
        string? scope = order is null && !arrives && !waits ? null : d.OneOf("cta", "cluster");
        if (order is null != scope is null)
            throw d.Error("an order and a scope (.cta, .cluster) belong together");
        return order == "relaxed";
    }

    private static LaneFunction PendingCount(InstructionDecoder d)
    {
        d.Type(PtxType.B64);
        d.Count(2);
        if (d.Operand(0).Kind == OperandKind.Sink)
            d.Doubt("a count that is thrown away isn't in the manual");
        return new LaneFunction(new(d.Destination(0, PtxType.U32), 4), [new(d.PlainSource(1, PtxType.B64, mayBeNumber: false), 8)], v =>
            v[0] >> BarrierOperation.PendingShift);
    }

    private static BarrierWait Wait(InstructionDecoder d, bool isTry, bool parity, bool generic, bool relaxed)
    {
        d.Count(3, isTry ? 4 : 3);
        LaneSlot p = new(d.Destination(0, PtxType.Pred), 0);
        LaneSlot state = parity ? new LaneSlot(d.Source(2, PtxType.U32), 4)
            : new LaneSlot(d.PlainSource(2, PtxType.B64, mayBeNumber: false), 8);
        if (d.Operands.Count > 3)
            d.Source(3, PtxType.U32);
        Address address = d.SharedAddress(d.Operand(1), generic);
        return new BarrierWait(isTry, parity, address, generic, p, state, relaxed) { Class = InstructionClass.Barrier };
    }
}
