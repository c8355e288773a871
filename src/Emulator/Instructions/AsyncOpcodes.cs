using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>cp.async (PTX ISA 9.7.9.25.3). Bulk copies go on to <see cref="BulkOpcodes"/>.</summary>
internal static class AsyncOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["cp"] = Copy;
        MemoryBarrierOpcodes.AddTo(all);
    }

    private static Instruction Copy(InstructionDecoder d)
    {
        bool reduces = d.Flag("reduce");
        d.Need("async");
        if (reduces)
        {
            d.Need("bulk");
            return BulkOpcodes.Reduce(d);
        }
        if (d.Flag("bulk"))
            return BulkOpcodes.Copy(d);
        if (d.Flag("mbarrier"))
            return Arrive(d);
        switch (d.OneOf("commit_group", "wait_group", "wait_all"))
        {
            case "commit_group": d.Count(0); return new GroupCommit([Actor.CopyAsync]) { Class = InstructionClass.AsyncCopy };
            case "wait_group":
                d.Count(1); return new GroupWait([Actor.CopyAsync], Left(d),
                commits: false)
                { Class = InstructionClass.AsyncCopy };
            case "wait_all": d.Count(0); return new GroupWait([Actor.CopyAsync], 0, commits: true) { Class = InstructionClass.AsyncCopy };
        }
        return Small(d);
    }

    public static int Left(InstructionDecoder d)
    {
        long left = d.Immediate(0);
        if (left < 0)
            throw d.Unsupported("a negative number of groups isn't covered");
        return left < 1 << 20 ? (int)left : throw d.Error("the number of groups doesn't fit");
    }

    private static CopyArrival Arrive(InstructionDecoder d)
    {
        d.Need("arrive");
        bool counts = !d.Flag("noinc");
        bool generic = d.OneOf("shared", "shared::cta") is null;
        d.Type(PtxType.B64);
        d.Count(1);
        return new CopyArrival(d.SharedAddress(d.Operand(0), generic), generic, counts) { Class = InstructionClass.Barrier };
    }

    private static SmallCopy Small(InstructionDecoder d)
    {
        bool bypass = d.Need("ca", "cg") == "cg";
        d.Need("shared", "shared::cta");
        d.Need("global");
        int hints = d.OneOf("L2::cache_hint") is null ? 0 : 1;
        d.OneOf("L2::64B", "L2::128B", "L2::256B");
        d.Count(3 + hints, 4 + hints);
        if (hints > 0)
            d.Source(d.Operands.Count - 1, PtxType.B64);
        long bytes = d.Immediate(2);
        if (bytes is not (4 or 8 or 16) || (bypass && bytes != 16))
            throw d.Error($"cp.async can't copy {bytes} bytes so");
        LaneSlot? size = null, ignore = null;
        if (d.Operands.Count - hints > 3 && d.Operand(3) is { Kind: OperandKind.Register, Register.Type: PtxType.Pred })
        {
            PredicateSource p = d.Predicate(d.Operand(3));
            ignore = new LaneSlot(p.Slot, 0, p.Flip);
        }
        else if (d.Operands.Count - hints > 3)
        {
            if (d.Operand(3).Kind == OperandKind.Integer && (d.Immediate(3) < 0 || d.Immediate(3) > bytes))
                throw d.Error($"the source's size is 0 to {bytes}");
            size = new LaneSlot(d.Source(3, PtxType.U32), 4);
        }
        if (d.Operand(1) is { Kind: OperandKind.Address, Parts: [{ Register: { } from }] } && from.Type.Bytes() == 4)
            d.Doubt("cp.async from a global address of 32 bits isn't in the manual");
        d.RequireSpace(StateSpace.Global, d.Operand(1).Parts.FirstOrDefault() ?? d.Operand(1));
        return new SmallCopy(
            d.Address(d.Operand(0), StateSpace.Shared), d.Address(d.Operand(1)), (int)bytes, size, ignore)
        { Class = InstructionClass.AsyncCopy };
    }
}
