namespace CogVideoX.Emulator.Syntax;

/// <summary>Value of a constant expression (PTX ISA 4.5): 64 bits, signed, unsigned or of a double.</summary>
/// <param name="Single">the bits are a float's, as written with 0f: no arithmetic is done on it</param>
internal readonly record struct Constant(ConstantType Type, ulong Bits, bool Single = false)
{
    public bool IsReal => Type == ConstantType.Real;

    public double Real => Type switch
    {
        ConstantType.Real => Single ? BitConverter.UInt32BitsToSingle((uint)Bits) : BitConverter.UInt64BitsToDouble(Bits),
        ConstantType.Signed => (long)Bits,
        _ => Bits,
    };

    public static Constant Of(long value) => new(ConstantType.Signed, (ulong)value);

    public static Constant Of(ulong value) => new(ConstantType.Unsigned, value);

    public static Constant Of(bool value) => Of(value ? 1L : 0);

    public static Constant Of(double value) => new(ConstantType.Real, BitConverter.DoubleToUInt64Bits(value));
}
