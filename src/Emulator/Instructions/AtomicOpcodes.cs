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

    private static Atomic Decode(InstructionDecoder d, bool hasResult)
    {
        string order = d.OneOf("relaxed", "acquire", "release", "acq_rel") ?? "relaxed";
        Scope scope = MemoryOpcodes.ScopeOf(d);
        if (scope == Scope.Weak) scope = Scope.Gpu;
        StateSpace space = MemoryOpcodes.Space(d);
        if (space is StateSpace.Param or StateSpace.Const or StateSpace.Local) throw d.Error("atomics work on global and shared memory");
        string operation = d.Need("add", "cas", "exch", "and", "or", "xor", "inc", "dec", "min", "max");
        d.Flag("noftz");
        d.OneOf("L2::cache_hint");
        PtxType type = d.Type();
        if (type.Bytes() == 16) throw d.Error("128-bit atomics aren't supported");
        int sources = operation == "cas" ? 2 : 1, first = hasResult ? 1 : 0;
        d.Count(first + 1 + sources, first + 2 + sources);
        LaneSlot? to = hasResult ? new LaneSlot(d.Destination(0, type), type.Bytes()) : null;
        LaneSlot[] from = [.. Enumerable.Range(first + 1, sources).Select(i => new LaneSlot(d.Source(i, type), type.Bytes()))];
        Address address = d.Address(d.Operand(first));
        return new Atomic(space, type.Bytes(), scope, order, address, to, from, operation != "exch", Function(d, operation, type));
    }

    private static Func<ulong, ulong, ulong, ulong> Function(InstructionDecoder d, string operation, PtxType type)
    {
        if (operation is "add" or "min" or "max" && !IsInteger(type)) return Floating(d, operation, type);
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
                ? (old, a, _) => IntegerOpcodes.Signed(old, bytes) < IntegerOpcodes.Signed(a, bytes) ? old : a : (old, a, _) => Math.Min(old, a),
            _ => type.IsSigned()
                ? (old, a, _) => IntegerOpcodes.Signed(old, bytes) > IntegerOpcodes.Signed(a, bytes) ? old : a : (old, a, _) => Math.Max(old, a),
        };
    }

    private static bool IsInteger(PtxType type) =>
        type is PtxType.U32 or PtxType.S32 or PtxType.U64 or PtxType.S64 or PtxType.B16 or PtxType.B32 or PtxType.B64;

    private static Func<ulong, ulong, ulong, ulong> Floating(InstructionDecoder d, string operation, PtxType type)
    {
        Func<double, double, double> combine = operation switch
        {
            "add" => OddDouble.Add,
            "min" => double.MinNumber,
            _ => double.MaxNumber,
        };
        if (type == PtxType.F64 && operation == "add") return (old, a, _) =>
            BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(old) + BitConverter.UInt64BitsToDouble(a));
        FloatFormat format = type switch
        {
            PtxType.F32 => FloatFormat.F32,
            PtxType.F16 or PtxType.F16x2 => FloatFormat.F16,
            PtxType.BF16 or PtxType.BF16x2 => FloatFormat.BF16,
            _ => throw d.Error($"{type.Text()} has no atomic {operation}"),
        };
        if (type is PtxType.F16x2 or PtxType.BF16x2)
            return (old, a, _) => One(old & 0xffff, a & 0xffff) | One(old >> 16, a >> 16) << 16;
        return (old, a, _) => One(old, a);

        ulong One(ulong x, ulong y) => format.Encode(combine(format.Decode((uint)x), format.Decode((uint)y)));
    }
}
