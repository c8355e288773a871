namespace CogVideoX.Compiler.Language;

/// <summary>Two bf16 in a 32-bit register, the first in the low half.</summary>
[Aligned(4)]
public readonly struct BFloat16x2
{
    private readonly uint bits;

    private BFloat16x2(uint bits) => this.bits = bits;

    /// <summary>Both numbers as they lie in a register.</summary>
    public uint Bits => bits;

    /// <summary>Two floats, each to nearest even.</summary>
    public static BFloat16x2 From(float low, float high) => new(Pack(high, low));

    /// <summary>a·b + c, rounded once.</summary>
    [Ptx("fma.rn.bf16x2 {result}, {a}, {b}, {c};", Pure = true)]
    public static BFloat16x2 FusedMultiplyAdd(BFloat16x2 a, BFloat16x2 b, BFloat16x2 c) => DeviceOnly.Called<BFloat16x2>();

    [Ptx("cvt.rn.bf16x2.f32 {result}, {high}, {low};", Pure = true)]
    private static uint Pack(float high, float low) => DeviceOnly.Called<uint>();
}
