namespace CogVideoX.Compiler.Language;

/// <summary>Bit instructions that C# has no name for; the others are System.Numerics.BitOperations.</summary>
public static class Bits
{
    /// <summary>All 32 bits in reverse order.</summary>
    [Ptx("brev.b32 {result}, {x};", Pure = true)]
    public static uint Reverse(uint x) => DeviceOnly.Called<uint>();

    /// <summary>
    /// Four bytes chosen out of the eight of x (0 to 3) and y (4 to 7) by the hexadecimal digits of the selector, lowest first.
    /// </summary>
    [Ptx("prmt.b32 {result}, {x}, {y}, {selector};", Pure = true)]
    public static uint Permute(uint x, uint y, uint selector) => DeviceOnly.Called<uint>();

    /// <summary>The high word of high:low shifted left by shift mod 32.</summary>
    [Ptx("shf.l.wrap.b32 {result}, {low}, {high}, {shift};", Pure = true)]
    public static uint FunnelShiftLeft(uint low, uint high, int shift) => DeviceOnly.Called<uint>();

    /// <summary>|x − y| + c.</summary>
    [Ptx("sad.s32 {result}, {x}, {y}, {c};", Pure = true)]
    public static uint SumOfAbsoluteDifference(int x, int y, uint c) => DeviceOnly.Called<uint>();

    /// <summary>The high word of x·y.</summary>
    [Ptx("mul.hi.u32 {result}, {x}, {y};", Pure = true)]
    public static uint MultiplyHigh(uint x, uint y) => DeviceOnly.Called<uint>();
}
