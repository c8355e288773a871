using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>cp.async, bulk and tensor copies, mbarrier (PTX ISA 9.7.9.25–27, 9.7.13.15).</summary>
internal static class AsyncOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["cp"] = Copy;
        all["mbarrier"] = Barrier;
    }

    private static Instruction Copy(InstructionDecoder d)
    {
        if (d.Flag("reduce")) throw d.Unsupported("cp.reduce isn't supported");
        d.Need("async");
        if (d.Flag("bulk")) return Bulk(d);
        if (d.Flag("mbarrier")) throw d.Unsupported("cp.async.mbarrier isn't supported");
        switch (d.OneOf("commit_group", "wait_group", "wait_all"))
        {
            case "commit_group": d.Count(0); return new GroupCommit([Actor.CopyAsync]) { Class = InstructionClass.AsyncCopy };
            case "wait_group": d.Count(1); return new GroupWait([Actor.CopyAsync], Left(d), commits: false) { Class = InstructionClass.AsyncCopy };
            case "wait_all": d.Count(0); return new GroupWait([Actor.CopyAsync], 0, commits: true) { Class = InstructionClass.AsyncCopy };
        }
        return Small(d);
    }

    private static int Left(InstructionDecoder d)
    {
        long left = d.Immediate(0);
        return left is >= 0 and < 1 << 20 ? (int)left : throw d.Error("the number of groups doesn't fit");
    }

    private static SmallCopy Small(InstructionDecoder d)
    {
        bool bypass = d.Need("ca", "cg") == "cg";
        d.Need("shared", "shared::cta");
        d.Need("global");
        d.OneOf("L2::cache_hint");
        d.OneOf("L2::64B", "L2::128B", "L2::256B");
        d.Count(3, 5);
        long bytes = d.Immediate(2);
        if (bytes is not (4 or 8 or 16) || (bypass && bytes != 16)) throw d.Error($"cp.async can't copy {bytes} bytes so");
        LaneSlot? size = null, ignore = null;
        if (d.Operands.Count > 3 && d.Operand(3) is { Kind: OperandKind.Register, Register.Type: PtxType.Pred })
        {
            PredicateSource p = d.Predicate(d.Operand(3));
            ignore = new LaneSlot(p.Slot, 0, p.Flip);
        }
        else if (d.Operands.Count > 3) size = new LaneSlot(d.Source(3, PtxType.U32), 4);
        return new SmallCopy(d.Address(d.Operand(0)), d.Address(d.Operand(1)), (int)bytes, size, ignore) { Class = InstructionClass.AsyncCopy };
    }

    private static Instruction Bulk(InstructionDecoder d)
    {
        if (d.Flag("prefetch")) throw d.Unsupported("cp.async.bulk.prefetch isn't supported");
        if (d.Flag("commit_group")) return new GroupCommit([Actor.BulkRead, Actor.BulkWrite]) { Class = InstructionClass.AsyncCopy };
        if (d.Flag("wait_group"))
        {
            Actor[] kinds = d.Flag("read") ? [Actor.BulkRead] : [Actor.BulkRead, Actor.BulkWrite];
            d.Count(1);
            return new GroupWait(kinds, Left(d), commits: false) { Class = InstructionClass.AsyncCopy };
        }
        bool tensor = d.Flag("tensor");
        int dimensions = tensor ? d.Need("1d", "2d", "3d", "4d", "5d")[0] - '0' : 0;
        d.Flag("tile");
        d.OneOf("L2::cache_hint");
        string first = Place(d);
        if (first == "global") return StoreFrom(d, dimensions);
        if (!d.Flag("global")) throw d.Unsupported("bulk copies from shared to shared memory aren't supported");
        d.Need("mbarrier::complete_tx::bytes");
        bool multicast = d.Flag("multicast::cluster");
        return tensor ? TensorLoad(d, dimensions, multicast) : BulkLoad(d, multicast);
    }

    /// <summary>The destination's state space stands first.</summary>
    private static string Place(InstructionDecoder d)
    {
        string first = d.Syntax.Suffixes.FirstOrDefault(s => s is "global" or "shared::cta" or "shared::cluster" or "shared")
            ?? throw d.Error("the destination's state space is missing");
        d.Flag(first);
        return first;
    }

    private static BulkLoad BulkLoad(InstructionDecoder d, bool multicast)
    {
        d.Count(multicast ? 5 : 4, 6);
        LaneSlot? mask = multicast ? new LaneSlot(d.Source(4, PtxType.B16), 2) : null;
        return new BulkLoad(d.Address(d.Operand(0)), d.Address(d.Operand(1)), new LaneSlot(d.Source(2, PtxType.U32), 4), d.Address(d.Operand(3)), mask)
        {
            Class = InstructionClass.AsyncCopy,
        };
    }

    private static TensorLoad TensorLoad(InstructionDecoder d, int dimensions, bool multicast)
    {
        d.Count(multicast ? 4 : 3, 5);
        (Address map, LaneSlot[] at) = Map(d, d.Operand(1), dimensions);
        LaneSlot? mask = multicast ? new LaneSlot(d.Source(3, PtxType.B16), 2) : null;
        return new TensorLoad(d.Address(d.Operand(0)), map, at, d.Address(d.Operand(2)), mask) { Class = InstructionClass.AsyncCopy };
    }

    private static Instruction StoreFrom(InstructionDecoder d, int dimensions)
    {
        d.Need("shared::cta", "shared");
        d.Need("bulk_group");
        if (dimensions == 0)
        {
            d.Count(3, 4);
            return new BulkStore(d.Address(d.Operand(0)), d.Address(d.Operand(1)), new LaneSlot(d.Source(2, PtxType.U32), 4)) { Class = InstructionClass.AsyncCopy };
        }
        d.Count(2, 3);
        (Address map, LaneSlot[] at) = Map(d, d.Operand(0), dimensions);
        return new TensorStore(map, at, d.Address(d.Operand(1))) { Class = InstructionClass.AsyncCopy };
    }

    private static (Address Map, LaneSlot[] At) Map(InstructionDecoder d, PtxOperand operand, int dimensions)
    {
        if (operand.Kind != OperandKind.Address || operand.Parts.Count != 2 || operand.Parts[1].Parts.Count != dimensions)
            throw d.Error($"[map, {{{dimensions} coordinates}}] belongs here");
        LaneSlot[] at = [.. operand.Parts[1].Parts.Select(o => new LaneSlot(d.Source(o, PtxType.S32), 4))];
        return (d.AddressOf(operand.Parts[0]), at);
    }

    private static Instruction Barrier(InstructionDecoder d)
    {
        string action = d.Need("init", "inval", "arrive", "arrive_drop", "expect_tx", "complete_tx", "test_wait", "try_wait", "pending_count");
        if (action == "pending_count") throw d.Unsupported("mbarrier.pending_count isn't supported");
        if (d.Flag("noComplete")) throw d.Unsupported("mbarrier.arrive.noComplete isn't supported");
        bool expects = action is "arrive" or "arrive_drop" && d.Flag("expect_tx"), parity = d.Flag("parity");
        bool relaxed = d.OneOf("release", "acquire", "relaxed") == "relaxed";
        MemoryOpcodes.ScopeOf(d);
        bool generic = d.OneOf("shared", "shared::cta", "shared::cluster") is null;
        d.Type(PtxType.B64);
        if (action is "test_wait" or "try_wait") return Wait(d, action == "try_wait", parity, generic, relaxed);
        int at = action is "arrive" or "arrive_drop" && d.Operand(0).Kind != OperandKind.Address ? 1 : 0;
        d.Count(at + 1, at + 2);
        LaneSlot? token = at == 1 && d.Operand(0).Kind != OperandKind.Sink ? new LaneSlot(d.Destination(0, PtxType.B64), 8) : null;
        LaneSlot? value = d.Operands.Count > at + 1 ? new LaneSlot(d.Source(at + 1, PtxType.U32), 4) : null;
        bool isBytes = expects || action is "expect_tx" or "complete_tx";
        if (value is null && (isBytes || action == "init")) throw d.Error("a count is missing");
        return new BarrierOperation(action, d.Address(d.Operand(at)), generic, token, isBytes ? null : value, isBytes ? value : null, relaxed)
        {
            Class = InstructionClass.Barrier,
        };
    }

    private static BarrierWait Wait(InstructionDecoder d, bool isTry, bool parity, bool generic, bool relaxed)
    {
        d.Count(3, 4);
        LaneSlot p = new(d.Destination(0, PtxType.Pred), 0);
        LaneSlot state = parity ? new LaneSlot(d.Source(2, PtxType.U32), 4) : new LaneSlot(d.Source(2, PtxType.B64), 8);
        if (d.Operands.Count > 3) d.Source(3, PtxType.U32);
        return new BarrierWait(isTry, parity, d.Address(d.Operand(1)), generic, p, state, relaxed) { Class = InstructionClass.Barrier };
    }
}
