using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>BitOperations and BitConverter.</summary>
internal static class KnownBits
{
    public static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Entries =>
    [
        new("System.Numerics.BitOperations.PopCount(UInt32)", Text.Of("popc.b32 {result}, {x};", IrType.I32)),
        new("System.Numerics.BitOperations.PopCount(UInt64)", Text.Of("popc.b64 {result}, {x};", IrType.I32)),
        new("System.Numerics.BitOperations.PopCount(UIntPtr)", Text.Of("popc.b64 {result}, {x};", IrType.I32)),
        new("System.Numerics.BitOperations.LeadingZeroCount(UInt32)", Text.Of("clz.b32 {result}, {x};", IrType.I32)),
        new("System.Numerics.BitOperations.LeadingZeroCount(UInt64)", Text.Of("clz.b64 {result}, {x};", IrType.I32)),
        new("System.Numerics.BitOperations.LeadingZeroCount(UIntPtr)", Text.Of("clz.b64 {result}, {x};", IrType.I32)),
        new("System.Numerics.BitOperations.TrailingZeroCount(Int32)", TrailingZeros),
        new("System.Numerics.BitOperations.TrailingZeroCount(UInt32)", TrailingZeros),
        new("System.Numerics.BitOperations.TrailingZeroCount(Int64)", TrailingZeros),
        new("System.Numerics.BitOperations.TrailingZeroCount(UInt64)", TrailingZeros),
        new("System.Numerics.BitOperations.Log2(UInt32)", Log2),
        new("System.Numerics.BitOperations.Log2(UInt64)", Log2),
        new("System.BitConverter.SingleToInt32Bits", Same(IrType.I32)),
        new("System.BitConverter.SingleToUInt32Bits", Same(IrType.I32)),
        new("System.BitConverter.Int32BitsToSingle", Same(IrType.F32)),
        new("System.BitConverter.UInt32BitsToSingle", Same(IrType.F32)),
        new("System.BitConverter.DoubleToInt64Bits", Same(IrType.I64)),
        new("System.BitConverter.DoubleToUInt64Bits", Same(IrType.I64)),
        new("System.BitConverter.Int64BitsToDouble", Same(IrType.F64)),
        new("System.BitConverter.UInt64BitsToDouble", Same(IrType.F64)),
        new("System.BitConverter.HalfToUInt16Bits", call => new StackValue(call.Ir.Emit(Opcode.ZeroExtend, IrType.I32, call.Scalar(0)))),
        new("System.BitConverter.HalfToInt16Bits", HalfToSigned),
        new("System.BitConverter.UInt16BitsToHalf", call => new StackValue(call.Ir.Emit(Opcode.Truncate, IrType.B16, call.Scalar(0)))),
        new("System.BitConverter.Int16BitsToHalf", call => new StackValue(call.Ir.Emit(Opcode.Truncate, IrType.B16, call.Scalar(0)))),
    ];

    private static Func<KnownCall, StackValue> Same(IrType type) =>
        call => new StackValue(call.Ir.Emit(Opcode.Bitcast, type, call.Scalar(0)));

    /// <summary>Zero has as many as it has bits, in both worlds.</summary>
    private static StackValue TrailingZeros(KnownCall call)
    {
        Value x = call.Scalar(0);
        int bits = x.Type.Bits;
        Value reversed = Text.Emit(call, $"brev.b{bits} {{result}}, {{x}};", x.Type, x);
        return new StackValue(Text.Emit(call, $"clz.b{bits} {{result}}, {{x}};", IrType.I32, reversed));
    }

    /// <summary>.NET calls the logarithm of zero 0.</summary>
    private static StackValue Log2(KnownCall call)
    {
        Value x = call.Scalar(0);
        int bits = x.Type.Bits;
        Value positive = call.Ir.Emit(Opcode.Or, x.Type, x, new Constant(x.Type, 1));
        Value zeros = Text.Emit(call, $"clz.b{bits} {{result}}, {{x}};", IrType.I32, positive);
        return new StackValue(call.Ir.Emit(Opcode.Sub, IrType.I32, Constant.I32(bits - 1), zeros));
    }

    private static StackValue HalfToSigned(KnownCall call)
    {
        Value bits = call.Ir.Emit(Opcode.ZeroExtend, IrType.I32, call.Scalar(0));
        return new StackValue(Narrowing.ToSmall(call.Ir, bits, MemoryType.S16));
    }
}
