using System.Text.RegularExpressions;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Ilgpu;
using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>The portable convolutions: each kernel, type and operand, the edges of videos and of tiles.</summary>
public sealed class CausalConv3dPortableTests
{
    // Channels that are no quads, not whole stages, and more than one of them; pixels and outputs about a tile's number.
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 5, 3, 3)]
    [InlineData(2, 3, 3, 5, 3, 6, 3, 3)]
    [InlineData(1, 2, 3, 11, 16, 65, 3, 3)]
    [InlineData(1, 1, 5, 13, 20, 64, 2, 1)]
    [InlineData(1, 1, 5, 13, 12, 63, 1, 3)]
    public void SmallTiles(int batch, int frames, int height, int width, int channels, int outputs, int kernelFrames, int kernel) =>
        Check("F32", "F32", [batch, frames, height, width, channels], outputs, kernelFrames, kernel);

    [Theory]
    [InlineData(1, 3, 4, 11, 9, 130, 2, 3)]
    [InlineData(2, 1, 8, 8, 16, 128, 1, 3)]
    [InlineData(1, 1, 1, 129, 8, 127, 3, 1)]
    public void LargeTiles(int batch, int frames, int height, int width, int channels, int outputs, int kernelFrames, int kernel) =>
        Check("F32", "F32", [batch, frames, height, width, channels], outputs, kernelFrames, kernel);

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, 1, 3)]
    [InlineData(2, 2, 3, 9, 132, 3, 3, 3)]
    [InlineData(1, 3, 2, 17, 7, 4, 2, 3)]
    [InlineData(1, 2, 5, 8, 16, 2, 3, 1)]
    public void FewOutputs(int batch, int frames, int height, int width, int channels, int outputs, int kernelFrames, int kernel) =>
        Check("F32", "F32", [batch, frames, height, width, channels], outputs, kernelFrames, kernel);

    // 1×1×1 is a plain product, unless it skips pixels or has a zero row and column at the end.
    [Theory]
    [InlineData(7, 1, false)]
    [InlineData(7, 2, false)]
    [InlineData(7, 1, true)]
    [InlineData(3, 2, true)]
    public void OneByOne(int outputs, int stride, bool padEnd) =>
        Check("F32", "F32", [1, 2, 5, 6, 10], outputs, kernelFrames: 1, kernel: 1, stride, padEnd);

    [Theory]
    [InlineData(6, 8, 7, 1, 2, true)]
    [InlineData(7, 9, 7, 1, 2, false)]
    [InlineData(7, 10, 3, 3, 2, true)]
    [InlineData(5, 8, 70, 3, 3, false)]
    public void Strides(int height, int width, int outputs, int kernelFrames, int stride, bool padEnd) =>
        Check("F32", "F32", [2, 2, height, width, 6], outputs, kernelFrames, kernel: 3, stride, padEnd);

    [Theory]
    [InlineData("BF16", "BF16", 12, 9)]
    [InlineData("BF16", "F32", 11, 3)]
    [InlineData("F16", "F16", 8, 130)]
    [InlineData("F16", "BF16", 12, 3)]
    [InlineData("F32", "F16", 10, 9)]
    [InlineData("F32", "BF16", 16, 2)]
    public void EachType(string type, string weightType, int channels, int outputs) =>
        Check(type, weightType, [1, 2, 7, 10, channels], outputs, kernelFrames: 3, kernel: 3);

    // In chunks of single frames the history reaches back over several, and the result has the same bits.
    [Theory]
    [InlineData(9)]
    [InlineData(3)]
    public void AChunkWithItsHistoryEqualsTheWhole(int outputs)
    {
        using var ops = new Ops(GpuDevices.OpenEmulator());
        var random = new Random(3);
        Tensor x = PortableTests.Random(ops, random, [2, 4, 3, 4, 8]), weight = PortableTests.Random(ops, random, [outputs, 8, 3, 3, 3]);
        float[] whole = ops.CausalConv3d(x, weight).ToFloats(), part = new float[whole.Length];
        Tensor history = default;
        int frame = 3 * 4 * outputs;
        for (int f = 0; f < 4; f++)
        {
            Tensor chunk = ops.FromHost(Frame(x.ToFloats(), f, 4, 3 * 4 * 8), [2, 1, 3, 4, 8]);
            float[] y = ops.CausalConv3d(chunk, weight, history: history).ToFloats();
            for (int b = 0; b < 2; b++)
                y.AsSpan(b * frame, frame).CopyTo(part.AsSpan((b * 4 + f) * frame));
            float[] past = [.. Enumerable.Range(0, 2).SelectMany(b => Enumerable.Range(f - 1, 2).SelectMany(
                t => Frame(x.ToFloats(), Math.Max(0, t), 4, 3 * 4 * 8).AsSpan(b * 96, 96).ToArray()))];
            history = ops.FromHost(past, [2, 2, 3, 4, 8]);
        }
        Assert.Equal(whole, part);
    }

    [Theory]
    [InlineData("ConvolutionTileLarge", 8)]
    [InlineData("ConvolutionTileSmall", 8)]
    [InlineData("ConvolutionFewOutputs", 0)]
    public void SumsStayInRegisters(string kernel, int sharedQuads)
    {
        foreach (Type stored in new[] { typeof(StoredF32), typeof(StoredBF16), typeof(StoredF16) })
        {
            string ptx = PortablePtx.Of(typeof(CausalConv3d), kernel, stored);
            Assert.DoesNotContain(".local", ptx);
            Assert.Equal(sharedQuads, Regex.Count(ptx, @"ld\.shared\.v4\.f32"));
            Assert.NotEmpty(Regex.Matches(ptx, @"ld\.global\.v4\.f32"));
            Assert.NotEmpty(Regex.Matches(ptx, stored == typeof(StoredF32) ? @"ld\.global\.v4\.f32" : @"ld\.global\.v4\.[bus]16"));
        }
    }

    // Every second has a bias, a history and a residual.
    private static void Check(
        string type, string weightType, Shape shape, int outputs, int kernelFrames, int kernel, int stride = 1, bool padEnd = false)
    {
        double tolerance = type == "F32" ? 1e-6 : type == "BF16" ? 1.0 / 256 : 1.0 / 2048;
        foreach (bool plain in new[] { true, false })
        {
            PortableTests.Compare(Type(type), tolerance, (ops, random) =>
            {
                Tensor x = ops.Cast(PortableTests.Random(ops, random, shape), Type(type));
                Tensor weight = PortableTests.Random(ops, random, [outputs, shape[4], kernelFrames, kernel, kernel]);
                weight = ops.Cast(weight, Type(weightType));
                if (plain)
                    return ops.CausalConv3d(x, weight, stride: stride, padEnd: padEnd);
                Tensor bias = PortableTests.Random(ops, random, [outputs]);
                Tensor history = kernelFrames == 1
                    ? default
                    : ops.Cast(PortableTests.Random(ops, random, shape.With(1, kernelFrames - 1)), Type(type));
                Shape result = ops.CausalConv3d(x, weight, stride: stride, padEnd: padEnd).Shape;
                Tensor residual = ops.Cast(PortableTests.Random(ops, random, result), Type(type));
                return ops.CausalConv3d(x, weight, bias, history, residual, stride, padEnd);
            });
        }
    }

    private static float[] Frame(float[] video, int frame, int frames, int count) =>
        [.. Enumerable.Range(0, 2).SelectMany(b => video.AsSpan((b * frames + frame) * count, count).ToArray())];

    private static DType Type(string name) => DType.TryParse(name, out DType type) ? type : throw new ArgumentException(name);
}
