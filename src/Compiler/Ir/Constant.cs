namespace CogVideoX.Compiler.Ir;

/// <summary>A known value. Two constants of one type and the same bits are the same value to every pass.</summary>
/// <param name="bits">the bits, zero-extended to 64</param>
internal sealed class Constant(IrType type, ulong bits) : Value(type)
{
    public ulong Bits { get; } = type.Bits == 64 ? bits : bits & ((1UL << type.Bits) - 1);

    /// <summary>The bits as a signed integer of the type's width.</summary>
    public long Signed => Type.Bits switch { 64 => (long)Bits, 32 => (int)Bits, 16 => (short)Bits, _ => (long)Bits };

    public double Float => Type == IrType.F64 ? BitConverter.UInt64BitsToDouble(Bits) : BitConverter.UInt32BitsToSingle((uint)Bits);

    public static Constant I32(int value) => new(IrType.I32, (uint)value);

    public static Constant I64(long value) => new(IrType.I64, (ulong)value);

    public static Constant F32(float value) => new(IrType.F32, BitConverter.SingleToUInt32Bits(value));

    public static Constant F64(double value) => new(IrType.F64, BitConverter.DoubleToUInt64Bits(value));

    public static Constant Pred(bool value) => new(IrType.Pred, value ? 1UL : 0);

    /// <summary>An integer of either width.</summary>
    public static Constant Integer(IrType type, long value) => new(type, (ulong)value);
}
