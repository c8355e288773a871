using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Bulk and tensor copies, reductions and prefetches (PTX ISA 9.7.9.25.4–5, 9.7.9.27).</summary>
internal static class BulkOpcodes
{
    public static Instruction Copy(InstructionDecoder d)
    {
        if (d.Flag("prefetch"))
            return Prefetch(d);
        if (d.Flag("commit_group"))
            return new GroupCommit([Actor.BulkRead, Actor.BulkWrite]) { Class = InstructionClass.AsyncCopy };
        if (d.Flag("wait_group"))
        {
            Actor[] kinds = d.Flag("read") ? [Actor.BulkRead] : [Actor.BulkRead, Actor.BulkWrite];
            d.Count(1);
            return new GroupWait(kinds, AsyncOpcodes.Left(d), commits: false) { Class = InstructionClass.AsyncCopy };
        }
        int dimensions = Dimensions(d);
        string? form = Form(d);
        bool hint = d.OneOf("L2::cache_hint") is not null;
        string first = Place(d);
        if (first == "global")
            return form is null ? StoreFrom(d, dimensions) : throw TensorForms.Store(d, dimensions, form);
        bool fromShared = !d.Flag("global");
        if (fromShared)
            d.Need("shared::cta");
        d.Need("mbarrier::complete_tx::bytes");
        bool multicast = d.Flag("multicast::cluster");
        if (fromShared && (first != "shared::cluster" || dimensions > 0 || multicast || hint))
            throw d.Error("a copy from shared memory goes to shared::cluster, as it is: no tensor, multicast or cache hint");
        if (multicast && first == "shared::cta")
            throw d.Error(".multicast::cluster goes to shared::cluster");
        if (form is not null)
            throw TensorForms.Load(d, dimensions, form, multicast, first);
        int operands = (dimensions > 0 ? 3 : 4) + (multicast ? 1 : 0);
        MemoryOpcodes.RequirePolicy(d, operands);
        return dimensions > 0 ? TensorLoad(d, dimensions, multicast) : BulkLoad(d, multicast, fromShared);
    }

    /// <summary>cp.reduce.async.bulk and its tensor form.</summary>
    public static Instruction Reduce(InstructionDecoder d)
    {
        int dimensions = Dimensions(d);
        if (Form(d) is { } form)
            throw d.Unsupported($".{form} reductions aren't covered");
        d.OneOf("L2::cache_hint");
        string first = Place(d);
        if (first == "shared")
            throw d.Error("the destination is .global or .shared::cluster");
        d.Need("shared::cta");
        bool toShared = first != "global";
        d.Need(toShared ? "mbarrier::complete_tx::bytes" : "bulk_group");
        string operation = d.Need("add", "min", "max", "inc", "dec", "and", "or", "xor");
        if (dimensions > 0)
        {
            if (toShared)
                throw d.Error("a tensor's reduction goes to .global");
            MemoryOpcodes.RequirePolicy(d, 2);
            (Address map, LaneSlot[] at) = Map(d, d.Operand(0), dimensions);
            return new TensorReduce(map, at, d.Address(d.Operand(1), StateSpace.Shared), operation) { Class = InstructionClass.AsyncCopy };
        }
        bool noFlush = d.Flag("noftz");
        PtxType type = d.Type();
        BulkReduce.Check(d, operation, type, toShared, noFlush);
        MemoryOpcodes.RequirePolicy(d, toShared ? 4 : 3);
        var function = AtomicOpcodes.Function(d, operation, type);
        Address to = d.Address(d.Operand(0), toShared ? StateSpace.SharedCluster : StateSpace.Global);
        Address from = d.Address(d.Operand(1), StateSpace.Shared);
        LaneSlot size = new(d.Source(2, PtxType.U32), 4);
        return new BulkReduce(to, from, size, toShared ? d.Address(d.Operand(3), StateSpace.SharedCluster) : null, type.Bytes(),
            function)
        { Class = InstructionClass.AsyncCopy };
    }

    private static Instruction Prefetch(InstructionDecoder d)
    {
        int dimensions = Dimensions(d);
        string? form = Form(d);
        d.Need("L2");
        d.Need("global");
        d.Flag("L2::cache_hint");
        if (form is not null)
            throw TensorForms.Prefetch(d, dimensions, form);
        if (dimensions > 0)
        {
            MemoryOpcodes.RequirePolicy(d, 1);
            (Address map, LaneSlot[] at) = Map(d, d.Operand(0), dimensions);
            return new TensorPrefetch(map, at) { Class = InstructionClass.AsyncCopy };
        }
        MemoryOpcodes.RequirePolicy(d, 2);
        Address from = d.Address(d.Operand(0), StateSpace.Global);
        return new BulkPrefetch(from, new LaneSlot(Size(d, 1), 4)) { Class = InstructionClass.AsyncCopy };
    }

    private static int Dimensions(InstructionDecoder d) => d.Flag("tensor") ? d.Need("1d", "2d", "3d", "4d", "5d")[0] - '0' : 0;

    /// <summary>How a tensor is walked through, where it isn't tile by tile.</summary>
    private static string? Form(InstructionDecoder d)
    {
        d.Flag("tile");
        return d.OneOf("im2col", "im2col_no_offs", "im2col::w", "im2col::w::128", "tile::gather4", "tile::scatter4", "cta_group::1",
            "cta_group::2", "cp_mask");
    }

    /// <summary>The destination's state space stands first.</summary>
    private static string Place(InstructionDecoder d)
    {
        string first = d.Syntax.Suffixes.FirstOrDefault(s => s is "global" or "shared::cta" or "shared::cluster" or "shared")
            ?? throw d.Error("the destination's state space is missing");
        d.Flag(first);
        return first;
    }

    /// <summary>A number of bytes, which as a constant must be a multiple of 16.</summary>
    private static int Size(InstructionDecoder d, int index)
    {
        if (d.Operand(index).Kind == OperandKind.Integer && (d.Immediate(index) is < 0 or >= 1 << 20 || d.Immediate(index) % 16 != 0))
            throw d.Error($"{d.Immediate(index)} bytes aren't a multiple of 16 below {1 << 20}");
        return d.Source(index, PtxType.U32);
    }

    private static BulkLoad BulkLoad(InstructionDecoder d, bool multicast, bool fromShared)
    {
        LaneSlot? mask = multicast ? new LaneSlot(d.Source(4, PtxType.B16), 2) : null;
        Address to = d.Address(d.Operand(0), StateSpace.SharedCluster);
        Address from = d.Address(d.Operand(1), fromShared ? StateSpace.Shared : StateSpace.Global);
        Address barrier = d.Address(d.Operand(3), StateSpace.SharedCluster);
        return new BulkLoad(to, from, new LaneSlot(Size(d, 2), 4), barrier, mask, fromShared)
        {
            Class = InstructionClass.AsyncCopy,
        };
    }

    private static TensorLoad TensorLoad(InstructionDecoder d, int dimensions, bool multicast)
    {
        (Address map, LaneSlot[] at) = Map(d, d.Operand(1), dimensions);
        LaneSlot? mask = multicast ? new LaneSlot(d.Source(3, PtxType.B16), 2) : null;
        Address to = d.Address(d.Operand(0), StateSpace.SharedCluster), barrier = d.Address(d.Operand(2), StateSpace.SharedCluster);
        return new TensorLoad(to, map, at, barrier, mask) { Class = InstructionClass.AsyncCopy };
    }

    private static Instruction StoreFrom(InstructionDecoder d, int dimensions)
    {
        d.Need("shared::cta");
        d.Need("bulk_group");
        if (dimensions == 0)
        {
            MemoryOpcodes.RequirePolicy(d, 3);
            Address to = d.Address(d.Operand(0), StateSpace.Global), from = d.Address(d.Operand(1), StateSpace.Shared);
            return new BulkStore(to, from, new LaneSlot(Size(d, 2), 4)) { Class = InstructionClass.AsyncCopy };
        }
        MemoryOpcodes.RequirePolicy(d, 2);
        (Address map, LaneSlot[] at) = Map(d, d.Operand(0), dimensions);
        return new TensorStore(map, at, d.Address(d.Operand(1), StateSpace.Shared)) { Class = InstructionClass.AsyncCopy };
    }

    public static (Address Map, LaneSlot[] At) Map(InstructionDecoder d, PtxOperand operand, int dimensions)
    {
        if (operand.Kind != OperandKind.Address || operand.Parts.Count != 2 || operand.Parts[1].Parts.Count != dimensions)
            throw d.Error($"[map, {{{dimensions} coordinates}}] belongs here");
        LaneSlot[] at = [.. operand.Parts[1].Parts.Select(o => new LaneSlot(d.Source(o, PtxType.S32), 4))];
        if (operand.Parts[0] is { Register: { } register } && register.Type.Bytes() != 8)
            d.Doubt("only some targets take the address of a tensor map in 32 bits");
        if (operand.Parts[0].Variable is { Space: StateSpace.Param or StateSpace.Const } variable)
            d.Doubt($"{variable.Name} isn't known to be taken as the address of a tensor map as it stands");
        return (d.AddressOf(operand.Parts[0]), at);
    }
}
