using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Numerics;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>atom and red (PTX ISA 9.7.13.5–6).</summary>
internal static class AtomicOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["atom"] = d => Decode(d, hasResult: true);
        all["red"] = d => Decode(d, hasResult: false);
    }

    private static Instruction Decode(InstructionDecoder d, bool hasResult)
    {
        if (!hasResult && d.Flag("async"))
            return Asynchronous(d);
        string order = d.OneOf(hasResult ? ["relaxed", "acquire", "release", "acq_rel"] : ["relaxed", "release"]) ?? "relaxed";
        Scope scope = MemoryOpcodes.ScopeOf(d);
        if (scope == Scope.Weak)
            scope = Scope.Gpu;
        StateSpace space = MemoryOpcodes.Space(d);
        if (space is StateSpace.Param or StateSpace.Const or StateSpace.Local)
            throw d.Error("atomics work on global and shared memory");
        string operation = d.Need("add", "cas", "exch", "and", "or", "xor", "inc", "dec", "min", "max");
        bool noFlush = d.Flag("noftz");
        d.Flag("L2::cache_hint");
        int count = d.OneOf("v2", "v4", "v8") switch { "v2" => 2, "v4" => 4, "v8" => 8, _ => 1 };
        PtxType type = d.Type();
        AtomicForms.Check(d, operation, type, count, space, noFlush, hasResult);
        int sources = operation == "cas" ? 2 : 1, first = hasResult ? 1 : 0, bytes = type.Bytes();
        MemoryOpcodes.RequirePolicy(d, first + 1 + sources);
        Address address = d.Address(d.Operand(first), space);
        if (count > 1 || bytes == 16)
        {
            LaneSlot[] results = hasResult ? [.. d.Vector(0, count).Select(o => new LaneSlot(d.Destination(o, type), bytes))] : [];
            LaneSlot[][] values = [.. Enumerable.Range(first + 1, sources).Select(i => d.Vector(i, count).Select(o =>
                new LaneSlot(d.Source(o, type), bytes)).ToArray())];
            Func<UInt128, UInt128, UInt128, UInt128> function = operation switch
            {
                "cas" => (old, a, b) => old == a ? b : old,
                "exch" => (_, a, _) => a,
                _ => Widened(Function(d, operation, type)),
            };
            return new VectorAtomic(space, bytes, scope, order, address, results, values, function);
        }
        LaneSlot? to = hasResult ? new LaneSlot(d.Destination(0, type), bytes) : null;
        LaneSlot[] from = [.. Enumerable.Range(first + 1, sources).Select(i => new LaneSlot(d.Source(i, type), bytes))];
        return new Atomic(space, bytes, scope, order, address, to, from, operation != "exch", Function(d, operation, type));
    }

    /// <summary>red.async, counted by an mbarrier.</summary>
    private static AsyncStore Asynchronous(InstructionDecoder d)
    {
        d.Need("relaxed");
        d.Need("cluster");
        bool generic = !d.Flag("shared::cluster");
        d.Need("mbarrier::complete_tx::bytes");
        string operation = d.Need("add", "min", "max", "inc", "dec", "and", "or", "xor");
        PtxType type = d.Type();
        bool fits = operation switch
        {
            "add" => type is PtxType.U32 or PtxType.S32 or PtxType.U64 or PtxType.S64,
            "min" or "max" => type is PtxType.U32 or PtxType.S32,
            "inc" or "dec" => type == PtxType.U32,
            _ => type == PtxType.B32,
        };
        if (!fits)
            throw d.Error($"red.async.{operation} has no {type.Text()}");
        d.Count(3);
        LaneSlot value = new(d.Source(1, type), type.Bytes());
        MemoryOpcodes.RequireShared(d, generic, 0, 2);
        return new AsyncStore(d.Address(d.Operand(0)), [value], d.Address(d.Operand(2)), generic, Function(d, operation, type))
        {
            Class = InstructionClass.AsyncCopy,
        };
    }

    private static Func<UInt128, UInt128, UInt128, UInt128> Widened(Func<ulong, ulong, ulong, ulong> one) => (old, a, b) =>
        one((ulong)old, (ulong)a, (ulong)b);

    /// <summary>What the operation makes of the old value and the operands.</summary>
    internal static Func<ulong, ulong, ulong, ulong> Function(InstructionDecoder d, string operation, PtxType type) =>
        FunctionOf(operation, type) ?? throw d.Error($"{type.Text()} has no atomic {operation}");

    /// <summary>The same, or null if the type has no such operation.</summary>
    internal static Func<ulong, ulong, ulong, ulong>? FunctionOf(string operation, PtxType type)
    {
        if (type == PtxType.None || (operation is "add" or "min" or "max" && !IsInteger(type)))
            return Floating(operation, type);
        int bytes = type.Bytes();
        return operation switch
        {
            "add" => (old, a, _) => old + a,
            "cas" => (old, a, b) => old == a ? b : old,
            "exch" => (_, a, _) => a,
            "and" => (old, a, _) => old & a,
            "or" => (old, a, _) => old | a,
            "xor" => (old, a, _) => old ^ a,
            "inc" => (old, a, _) => old >= a ? 0 : old + 1,
            "dec" => (old, a, _) => old == 0 || old > a ? a : old - 1,
            "min" => type.IsSigned()
                ? (old, a, _) => IntegerOpcodes.Signed(old, bytes) < IntegerOpcodes.Signed(a, bytes) ? old : a : (old, a, _) =>
                    Math.Min(old, a),
            _ => type.IsSigned()
                ? (old, a, _) => IntegerOpcodes.Signed(old, bytes) > IntegerOpcodes.Signed(a, bytes) ? old : a : (old, a, _) =>
                    Math.Max(old, a),
        };
    }

    private static bool IsInteger(PtxType type) =>
        type is PtxType.U32 or PtxType.S32 or PtxType.U64 or PtxType.S64 or PtxType.B16 or PtxType.B32 or PtxType.B64;

    private static Func<ulong, ulong, ulong, ulong>? Floating(string operation, PtxType type)
    {
        Func<double, double, double> combine = operation switch
        {
            "add" => OddDouble.Add,
            "min" => double.MinNumber,
            _ => double.MaxNumber,
        };
        if (type == PtxType.F64 && operation == "add")
        {
            return (old, a, _) =>
            BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(old) + BitConverter.UInt64BitsToDouble(a));
        }
        FloatFormat? format = type switch
        {
            PtxType.F32 => FloatFormat.F32,
            PtxType.F16 or PtxType.F16x2 => FloatFormat.F16,
            PtxType.BF16 or PtxType.BF16x2 => FloatFormat.BF16,
            _ => null,
        };
        if (format is null)
            return null;
        if (type is PtxType.F16x2 or PtxType.BF16x2)
            return (old, a, _) => One(old & 0xffff, a & 0xffff) | One(old >> 16, a >> 16) << 16;
        return (old, a, _) => One(old, a);

        ulong One(ulong x, ulong y) => format.Encode(combine(format.Decode((uint)x), format.Decode((uint)y)));
    }
}
