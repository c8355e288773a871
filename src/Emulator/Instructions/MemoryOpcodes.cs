using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Loads, stores, fences and hints (PTX ISA 9.7.9, 9.7.13.4).</summary>
internal static class MemoryOpcodes
{
    private static readonly string[] Hints =
    [
        "L1::evict_normal", "L1::evict_unchanged", "L1::evict_first", "L1::evict_last",
        "L1::no_allocate", "L2::evict_normal", "L2::evict_first", "L2::evict_last", "L2::64B", "L2::128B", "L2::256B", "L2::cache_hint",
            "unified",
    ];

    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["ld"] = Load;
        all["ldu"] = d =>
        {
            if (d.Syntax.Suffixes.FirstOrDefault(s => s is not ("global" or "v2" or "v4") && !InstructionForms.IsType(s)) is { } other)
                throw d.Error($"ldu has no .{other}");
            return Load(d);
        };
        all["st"] = Store;
        all["membar"] = MemoryBarrier;
        all["fence"] = Fence;
        CacheOpcodes.AddTo(all);
        all["mapa"] = MapAddress;
        all["getctarank"] = CtaRank;
    }

    public static StateSpace Space(InstructionDecoder d) =>
        d.OneOf("global", "shared", "shared::cta", "shared::cluster", "local", "param", "param::entry", "param::func", "const") switch
        {
            "global" => StateSpace.Global,
            "shared" or "shared::cta" => StateSpace.Shared,
            "shared::cluster" => StateSpace.SharedCluster,
            "local" => StateSpace.Local,
            "param" or "param::entry" or "param::func" => StateSpace.Param,
            "const" => StateSpace.Const,
            _ => StateSpace.Generic,
        };

    public static Scope ScopeOf(InstructionDecoder d) => d.OneOf("cta", "cluster", "gpu", "sys") switch
    {
        "cta" => Scope.Cta,
        "cluster" => Scope.Cluster,
        "gpu" => Scope.Gpu,
        "sys" => Scope.System,
        _ => Scope.Weak,
    };

    private static MemoryShape Shape(InstructionDecoder d, bool isStore)
    {
        bool isDevice = d.Flag("mmio");
        string? order = isDevice ? d.Need("relaxed") : d.OneOf("weak", "volatile", "relaxed", isStore ? "release" : "acquire");
        Scope scope = ScopeOf(d);
        if (isDevice && scope != Scope.System)
            throw d.Error(".mmio is .relaxed.sys");
        if (order is "relaxed" or "acquire" or "release" && scope == Scope.Weak)
            throw d.Error("a scope is missing");
        if (order is null or "weak" && scope != Scope.Weak)
            throw d.Error("a scope doesn't belong here");
        if (order == "volatile" && scope != Scope.Weak)
            throw d.Error(".volatile has no scope");
        if (order == "volatile")
            scope = Scope.System;
        StateSpace space = Space(d);
        if (order is "relaxed" or "acquire" or "release" && space is StateSpace.Local or StateSpace.Param or StateSpace.Const)
            throw d.Error($".{order} belongs to global and shared memory");
        if (isDevice && space is not (StateSpace.Global or StateSpace.Generic))
            throw d.Error(".mmio belongs to global memory");
        bool readOnly = d.Flag("nc");
        string? cache = isStore ? d.OneOf("wb", "cg", "cs", "wt") : d.OneOf("ca", "cg", "cs", "lu", "cv");
        if (cache is not null && order is not (null or "weak"))
            throw d.Error($".{cache} doesn't go with .{order}");
        if (readOnly && (isStore || space != StateSpace.Global || order is not (null or "weak") || cache is "lu" or "cv"))
            throw d.Error(".nc belongs to plain loads of global memory");
        bool isHinted = false, isForWide = false;
        while (d.OneOf(Hints) is { } hint)
        {
            isHinted |= hint != "unified";
            isForWide |= hint is "L2::evict_first" or "L2::evict_last" or "L2::evict_normal";
            if (isStore && hint is "L2::64B" or "L2::128B" or "L2::256B")
                throw d.Error($".{hint} belongs to loads");
        }
        if (isHinted && (cache is not null || order == "volatile" || isDevice))
            d.Doubt("hints to the cache beside a cache operator, .volatile or .mmio aren't in the manual");
        if (isHinted && space is not (StateSpace.Global or StateSpace.Generic))
            throw d.Error("eviction and prefetch hints belong to global memory");
        int count = d.OneOf("v2", "v4", "v8") switch { "v2" => 2, "v4" => 4, "v8" => 8, _ => 1 };
        PtxType type = d.Type();
        bool isMovable = type is >= PtxType.B8 and <= PtxType.S64 or PtxType.F32 or PtxType.F64;
        bool isWide = type.Bytes() * count > 16;
        if (isStore && count == 8 && isMovable && type.Bytes() < 4)
            throw d.Unsupported("vectors of eight small numbers are stored, which the manual doesn't have");
        if (isForWide && type.Bytes() * count != 32)
            throw d.Error(".L2::evict_* belongs to accesses of 32 bytes");
        if (!isMovable || type.Bytes() * count > 32 || (count == 8 && type.Bytes() != 4))
            throw d.Error($"{(count > 1 ? $"{count} " : "")}{type.Text()} can't be moved so");
        if (type.Bytes() == 16 && count > 1)
            throw d.Error("vectors of .b128 aren't moved");
        if (isWide && space is not (StateSpace.Global or StateSpace.Generic))
            throw d.Error("32 bytes at once are moved in global memory only");
        if (isStore && space == StateSpace.Const)
            throw d.Error("constant memory isn't written");
        return new MemoryShape(space, type, count, scope, order is "acquire" or "release", readOnly);
    }

    private static Instruction Load(InstructionDecoder d)
    {
        MemoryShape shape = Shape(d, isStore: false);
        RequirePolicy(d, 2);
        (Address address, StateSpace space) = Parameter(d, shape.Space, d.Operand(1));
        RequireAlike(d, d.Operand(0));
        LaneSlot[] to = [.. d.Vector(0, shape.Count).Select(o => new LaneSlot(d.WideDestination(o, shape.Type, out int bytes), bytes))];
        return new Load(shape with { Space = space }, address, to);
    }

    /// <summary>The registers of a vector have one width.</summary>
    private static void RequireAlike(InstructionDecoder d, PtxOperand vector)
    {
        if (vector.Parts.Where(p => p.Register is not null).Select(p => p.Register!.Type.Bytes()).Distinct().Count() > 1)
            throw d.Error($"the registers of '{vector}' have several widths");
    }

    private static Instruction Store(InstructionDecoder d)
    {
        if (d.Flag("bulk"))
            throw d.Unsupported("st.bulk isn't covered");
        if (d.Flag("async"))
            return StoreAsynchronously(d);
        MemoryShape shape = Shape(d, isStore: true);
        RequirePolicy(d, 2);
        (Address address, StateSpace space) = Parameter(d, shape.Space, d.Operand(0));
        if (space == StateSpace.Param && d.Operand(0).Parts[0].Variable is not null)
            throw d.Error("a kernel's parameters aren't written");
        RequireAlike(d, d.Operand(1));
        LaneSlot[] from = [.. d.Vector(1, shape.Count).Select(o => new LaneSlot(d.WideSource(o, shape.Type, out int bytes), bytes))];
        return new Store(shape with { Space = space }, address, from);
    }

    /// <summary>Checks the number of operands: behind the others stands a cache policy where .L2::cache_hint asks for one.</summary>
    public static void RequirePolicy(InstructionDecoder d, int operands)
    {
        bool isHinted = d.Syntax.Suffixes.Contains("L2::cache_hint");
        d.Count(isHinted ? operands + 1 : operands);
        if (isHinted)
            d.PlainSource(operands, PtxType.B64, mayBeNumber: false);
    }

    /// <summary>What an asynchronous store and its mbarrier name lies in shared memory.</summary>
    public static void RequireShared(InstructionDecoder d, bool generic, params ReadOnlySpan<int> places)
    {
        foreach (int place in places)
        {
            if (d.Operand(place) is { Kind: OperandKind.Address, Parts: [var named, ..] })
                d.RequireSpace(generic ? StateSpace.Generic : StateSpace.SharedCluster, named);
        }
    }

    private static AsyncStore StoreAsynchronously(InstructionDecoder d)
    {
        d.Flag("weak");
        bool generic = !d.Flag("shared::cluster");
        if (d.OneOf("global", "mmio", "release") is not null)
            throw d.Unsupported("st.async to global memory isn't covered");
        d.Need("mbarrier::complete_tx::bytes");
        int count = d.OneOf("v2", "v4") switch { "v2" => 2, "v4" => 4, _ => 1 };
        PtxType type = d.Type();
        bool isMovable = type is PtxType.B32 or PtxType.B64 or PtxType.U32
            or PtxType.U64 or PtxType.S32 or PtxType.S64 or PtxType.F32 or PtxType.F64;
        if (!isMovable || type.Bytes() * count > 16)
            throw d.Error($"{(count > 1 ? $"{count} " : "")}{type.Text()} can't be moved so");
        d.Count(3);
        LaneSlot[] values = [.. d.Vector(1, count).Select(o => new LaneSlot(d.Source(o, type), type.Bytes()))];
        RequireShared(d, generic, 0, 2);
        return new AsyncStore(d.Address(d.Operand(0)), values, d.Address(d.Operand(2)), generic,
            null)
        { Class = InstructionClass.AsyncCopy };
    }

    /// <summary>
    /// Parameters of functions live in the thread's frame, those of the kernel in the parameter bank. A register holds the address of a
    /// parameter of the function that it stands in: compilers index structs by value so.
    /// </summary>
    private static (Address, StateSpace) Parameter(InstructionDecoder d, StateSpace space, PtxOperand operand)
    {
        Address address = d.Address(operand, space);
        bool inFrame = space == StateSpace.Param
            && (operand.Parts[0].Variable is { } variable ? !d.Symbols.IsKernelParameter(variable) : !d.IsInEntry);
        return (address, inFrame ? StateSpace.Local : space);
    }

    private static Instruction MemoryBarrier(InstructionDecoder d)
    {
        if (d.Flag("proxy"))
        {
            d.Need("alias");
            d.Count(0);
            return new Nothing();
        }
        Scope scope = d.Need("cta", "gl", "sys") switch { "cta" => Scope.Cta, "gl" => Scope.Gpu, _ => Scope.System };
        d.Count(0);
        return new Fence(scope, isSequential: true);
    }

    private static Instruction Fence(InstructionDecoder d)
    {
        bool proxy = d.Flag("proxy");
        if (d.Flag("mbarrier_init"))
        {
            d.Need("release");
            d.Need("cluster");
            return new BarrierInitFence();
        }
        if (proxy)
        {
            if (d.Flag("alias"))
                return new Nothing();
            if (d.Flag("tensormap::generic"))
                return TensorMapFence(d);
            if (d.Flag("async::generic"))
            {
                Restriction(d, d.Need("acquire", "release"));
                d.Need("cluster");
                return new ProxyFence();
            }
            d.Need("async");
            d.OneOf("global", "shared::cta", "shared::cluster");
            return new ProxyFence();
        }
        string? order = d.OneOf("sc", "acq_rel", "acquire", "release");
        if (d.Syntax.Suffixes.Any(s => s.StartsWith("sync_restrict", StringComparison.Ordinal)))
            Restriction(d, order);
        Scope scope = ScopeOf(d);
        if (scope == Scope.Weak)
            throw d.Error("a scope is missing");
        return new Fence(scope, isSequential: order == "sc");
    }

    /// <summary>What is acquired lies in the cluster's shared memory, what is released in the CTA's own.</summary>
    private static void Restriction(InstructionDecoder d, string? order) =>
        d.Need(order == "acquire" ? "sync_restrict::shared::cluster" : "sync_restrict::shared::cta");

    private static TensorMapFence TensorMapFence(InstructionDecoder d)
    {
        bool acquires = d.Need("acquire", "release") == "acquire";
        Scope scope = ScopeOf(d);
        if (scope == Scope.Weak)
            throw d.Error("a scope is missing");
        d.Count(acquires ? 2 : 0);
        if (!acquires)
            return new TensorMapFence(scope, null);
        if (d.Immediate(1) != TensorMapObject.Bytes)
            throw d.Error($"a tensor map has {TensorMapObject.Bytes} bytes");
        return new TensorMapFence(scope, MapAddress(d, d.Operand(0)));
    }

    /// <summary>A generic address, which may name a parameter, as tensor maps are.</summary>
    private static Address MapAddress(InstructionDecoder d, PtxOperand operand)
    {
        Address address = d.Address(operand);
        PtxOperand named = operand.Parts[0];
        if (named.Variable is { Space: StateSpace.Const } || (named.Register is { } register && register.Type.Bytes() == 4))
            d.Doubt($"'{operand}' isn't the usual address of a tensor map");
        return address;
    }

    private static LaneFunction MapAddress(InstructionDecoder d)
    {
        bool generic = d.OneOf("shared::cluster") is null;
        PtxType type = d.Type(PtxType.U32, PtxType.U64, PtxType.S32);
        d.Count(3);
        if (generic && type.Bytes() == 4)
            d.Doubt("a generic address of 32 bits isn't in the manual");
        if (d.Operand(1).Kind == OperandKind.Integer)
            d.Doubt("an address that is a number isn't in the manual");
        int bytes = type.Bytes();
        LaneSlot to = new(d.Destination(0, type), bytes);
        LaneSlot from = d.Operand(1).Kind == OperandKind.Register
            ? new(d.Source(1, type), bytes) : new(d.AddressOf(d.Operand(1)).Slot, 8);
        return new LaneFunction(to, [from, new(d.Source(2, PtxType.U32), 4)], v =>
        {
            ulong window = generic ? v[0] & ~0xffff_ffffUL : 0;
            return window | v[0] & (1UL << AddressMap.RankShift) - 1 | v[1] + 1 << AddressMap.RankShift;
        });
    }

    private static Instruction CtaRank(InstructionDecoder d)
    {
        bool generic = !d.Flag("shared::cluster");
        PtxType type = d.Type(PtxType.U32, PtxType.U64);
        d.Count(2);
        LaneSlot rank = new(d.Destination(0, PtxType.U32), 4), address = new(d.Source(1, type), type.Bytes());
        if (generic && type.Bytes() == 4)
            d.Doubt("a generic address of 32 bits isn't in the manual");
        if (d.Operand(1).Kind == OperandKind.Integer)
            d.Doubt("an address that is a number isn't in the manual");
        return new AddressRank(rank, address);
    }
}
