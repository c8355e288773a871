using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Float instructions: exact, rounded other ways, approximate, conversions.</summary>
/// <param name="a">[n]</param> <param name="b">[n]</param> <param name="results">[n, 24]</param>
[KernelName("floats")]
public readonly struct Floats(View<float> a, View<float> b, View<float> results, int n) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (i >= n)
            return;
        float x = a[i], y = b[i];
        View<float> r = results.Slice((long)i * 24, 24);
        r[0] = x / y;
        r[1] = MathF.Sqrt(MathF.Abs(x));
        r[2] = Rounded.Reciprocal(y);
        r[3] = MathF.FusedMultiplyAdd(x, y, -x);
        r[4] = Rounded.AddTowardZero(x, y);
        r[5] = Rounded.MultiplyUp(x, y);
        r[6] = MathF.Round(x);
        r[7] = MathF.Floor(x);
        r[8] = MathF.Truncate(x);
        r[9] = (int)x;
        r[10] = (uint)x;
        r[11] = (float)(Half)x;
        r[12] = (BFloat16)x;
        r[13] = (float)((double)x * y + 1.0 / 3);
        r[14] = Approximate.Min(x, y);
        r[15] = Approximate.Max(x, y);
        r[16] = Approximate.Saturate(x);
        r[17] = MathF.CopySign(x, y);
        r[18] = Approximate.Sin(x);
        r[19] = Approximate.Cos(x);
        r[20] = Approximate.Log2(MathF.Abs(x));
        r[21] = Approximate.Exp2(x * 0.1f);
        r[22] = Approximate.ReciprocalSquareRoot(MathF.Abs(y));
        r[23] = BitConverter.UInt32BitsToSingle(
            (BitConverter.SingleToUInt32Bits(x) & 0x7fffffff) | (0x3f800000 & BitConverter.SingleToUInt32Bits(y)));
    }
}
