namespace CogVideoX.Compiler.Language;

/// <summary>Two f16 in a 32-bit register, the first in the low half.</summary>
[Aligned(4)]
public readonly struct Half2
{
    private readonly uint bits;

    private Half2(uint bits) => this.bits = bits;

    /// <summary>Both numbers as they lie in a register.</summary>
    public uint Bits => bits;

    /// <summary>The same bits.</summary>
    public static Half2 FromBits(uint bits) => new(bits);

    /// <summary>Two floats, each to nearest even.</summary>
    public static Half2 From(float low, float high) => new(Pack(high, low));

    /// <summary>The low number.</summary>
    public float Low => (float)BitConverter.UInt16BitsToHalf((ushort)bits);

    /// <summary>The high number.</summary>
    public float High => (float)BitConverter.UInt16BitsToHalf((ushort)(bits >> 16));

    /// <summary>The same number twice.</summary>
    public static Half2 Both(float value) => new(Pack(value, value));

    /// <inheritdoc cref="FusedMultiplyAdd"/>
    [Ptx("add.rn.f16x2 {result}, {left}, {right};", Pure = true)]
    public static Half2 operator +(Half2 left, Half2 right) => DeviceOnly.Called<Half2>();

    /// <inheritdoc cref="FusedMultiplyAdd"/>
    [Ptx("sub.rn.f16x2 {result}, {left}, {right};", Pure = true)]
    public static Half2 operator -(Half2 left, Half2 right) => DeviceOnly.Called<Half2>();

    /// <inheritdoc cref="FusedMultiplyAdd"/>
    [Ptx("mul.rn.f16x2 {result}, {left}, {right};", Pure = true)]
    public static Half2 operator *(Half2 left, Half2 right) => DeviceOnly.Called<Half2>();

    /// <summary>Both signs changed.</summary>
    [Ptx("neg.f16x2 {result}, {value};", Pure = true)]
    public static Half2 operator -(Half2 value) => DeviceOnly.Called<Half2>();

    /// <summary>a·b + c, each rounded once to nearest even.</summary>
    [Ptx("fma.rn.f16x2 {result}, {a}, {b}, {c};", Pure = true)]
    public static Half2 FusedMultiplyAdd(Half2 a, Half2 b, Half2 c) => DeviceOnly.Called<Half2>();

    /// <summary>The larger of each; a number against NaN is the number.</summary>
    [Ptx("max.f16x2 {result}, {left}, {right};", Pure = true)]
    public static Half2 Max(Half2 left, Half2 right) => DeviceOnly.Called<Half2>();

    /// <summary>2 to the power of each, by ex2.approx.</summary>
    [Ptx("ex2.approx.f16x2 {result}, {value};", Pure = true, Architecture = 75)]
    public static Half2 Exp2(Half2 value) => DeviceOnly.Called<Half2>();

    [Ptx("cvt.rn.f16x2.f32 {result}, {high}, {low};", Pure = true)]
    private static uint Pack(float high, float low) => DeviceOnly.Called<uint>();
}
