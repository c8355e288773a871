using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.Tests;

/// <summary>Attention by generated micro-kernels on the CPU.</summary>
public sealed unsafe class AttentionTiledTests
{
    // Exponentials are rounded to 8 bits, and so are values; a result is a mean of the latter.
    private const double Rounding = 1.0 / 256;

    [Theory]
    [InlineData(1, 1, 64, false)]
    [InlineData(5, 3, 8, true)]
    [InlineData(33, 257, 48, false)]
    [InlineData(70, 67, 80, true)]
    [InlineData(100, 600, 64, true)]
    [InlineData(40, 300, 7, false)]
    [InlineData(33, 257, 48, false, CpuArithmetic.Bf16Amx)]
    [InlineData(70, 67, 80, true, CpuArithmetic.Bf16Amx)]
    [InlineData(5, 3, 8, true, CpuArithmetic.Bf16Amx)]
    public void AgreesWithTheNaiveFormOfRoundedOperands(
        int queries, int keys, int width, bool hasBias, CpuArithmetic arithmetic = CpuArithmetic.Bf16)
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        var size = new AttentionSize(2, queries, keys, 2, width);
        var random = new Random(queries);
        float scale = 1 / MathF.Sqrt(width);
        float[] q = Rounded(random, 2L * queries * 2 * width), k = Rounded(random, 2L * keys * 2 * width);
        float[] v = Rounded(random, 2L * keys * 2 * width), bias = Rounded(random, 2L * queries * keys);
        float[] expected = new float[q.Length], one = new float[q.Length], three = new float[q.Length];
        float[] expectedSums = new float[4 * queries], sums = new float[4 * queries];
        fixed (float* qs = q, ks = k, vs = v, bs = bias, e = expected, y = one, z = three, es = expectedSums, s = sums)
        {
            Elements added = hasBias ? bs : default(Elements);
            new Attention(qs, ks, vs, added, 0, e, size, scale, es).RunReference();
            Run(new Attention(qs, ks, vs, added, 0, y, size, scale, s), 1, arithmetic);
            Run(new Attention(qs, ks, vs, added, 0, z, size, scale), 3, arithmetic);
        }
        Assert.Equal(one, three);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(one[i], expected[i] - 1.2 * Rounding, expected[i] + 1.2 * Rounding);
        // Scores are exact products of rounded queries, whose scale was rounded in: half a unit of 8 bits of a score.
        for (int i = 0; i < sums.Length; i++)
            Assert.InRange(sums[i], expectedSums[i] - 2.5 * Rounding, expectedSums[i] + 2.5 * Rounding);
    }

    // One key: the exponential is exactly 1, and the result the rounded value.
    [Fact]
    public void OneKeyGivesItsValue()
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        float[] x = Rounded(new Random(1), 64), y = new float[64];
        fixed (float* xs = x, ys = y)
            Run(new Attention(xs, xs, xs, default, 0, ys, new AttentionSize(1, 1, 1, 1, 64), 0.125f), 1);
        Assert.Equal(x, y);
    }

    // What the JIT compiles, for any width of vectors, and the machine code add in the same order.
    [Theory]
    [InlineData(33, 257, 48, true)]
    [InlineData(70, 600, 64, false)]
    [InlineData(5, 40, 7, true)]
    public void InFp32TheBitsAreThoseOfTheFormsForAnyProcessor(int queries, int keys, int width, bool hasBias)
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no machine code of ours.");
        var size = new AttentionSize(2, queries, keys, 2, width);
        var random = new Random(keys);
        float[] q = Rounded(random, 2L * queries * 2 * width), k = Rounded(random, 2L * keys * 2 * width);
        float[] v = Rounded(random, 2L * keys * 2 * width), bias = Rounded(random, 2L * queries * keys);
        float[][] results = [new float[q.Length], new float[q.Length], new float[q.Length]];
        using var team = new CpuThreads(2);
        fixed (float* qs = q, ks = k, vs = v, bs = bias, x = results[0], y = results[1], z = results[2])
        {
            Elements added = hasBias ? bs : default(Elements);
            Run(new Attention(qs, ks, vs, added, 0, x, size, 0.3f), 2, CpuArithmetic.Fp32);
            ((IAnyWidth)new Attention(qs, ks, vs, added, 0, y, size, 0.3f)).RunCpu<Simd512, Vector512<float>>(team);
            ((IAnyWidth)new Attention(qs, ks, vs, added, 0, z, size, 0.3f)).RunCpu<Simd256, Vector256<float>>(team);
        }
        Assert.Equal(results[1], results[0]);
        Assert.Equal(results[2], results[0]);
    }

    private static void Run(in Attention operation, int threads, CpuArithmetic arithmetic = CpuArithmetic.Bf16)
    {
        using var device = new CpuDevice(threads, arithmetic);
        nint workspace = device.Allocate(operation.WorkspaceBytes(device.Kind));
        device.Run(operation, workspace);
        device.Free(workspace);
    }

    private static float[] Rounded(Random random, long count) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => Widen.BFloat16ToFloat(Shorten.ToBFloat16((float)(random.NextDouble() * 2 - 1))))];
}
