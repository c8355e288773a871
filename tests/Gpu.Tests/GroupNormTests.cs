using CogVideoX.Kernels;
using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Group norm's portable kernels against its definition.</summary>
public sealed class GroupNormPortableTests
{
    // Fewer channels than threads, more, a number that tiles don't divide; chunks, runs and rows that end early.
    [Theory]
    [InlineData("F32", 1, 1, 1, 1, 3, 3)]
    [InlineData("F32", 2, 2, 5, 13, 6, 2)]
    [InlineData("F32", 1, 3, 9, 67, 32, 4)]
    [InlineData("F32", 1, 1, 5, 7, 130, 5)]
    [InlineData("F32", 1, 1, 3, 3, 258, 1)]
    [InlineData("BF16", 2, 2, 5, 13, 12, 4)]
    [InlineData("F16", 1, 3, 4, 9, 24, 8)]
    public void Plain(string type, int batch, int frames, int height, int width, int channels, int groups)
    {
        Assert.True(DType.TryParse(type, out DType activations));
        foreach (bool silu in new[] { false, true })
        {
            PortableTests.Compare(activations, Tolerance(type), (ops, random) => ops.GroupNorm(
                ops.Cast(PortableTests.Random(ops, random, [batch, frames, height, width, channels]), activations),
                PortableTests.Random(ops, random, [channels]), PortableTests.Random(ops, random, [channels]), groups, 1e-6f, silu));
        }
    }

    // An odd number of frames, whose first stands for itself, an even one, and one; maps of about an eighth, of the same size, and larger.
    [Theory]
    [InlineData("F32", 5, 8, 10, 12, 3, 2, 3)]
    [InlineData("F32", 4, 5, 13, 140, 2, 5, 13)]
    [InlineData("BF16", 3, 5, 9, 8, 2, 2, 20)]
    [InlineData("F16", 1, 6, 70, 40, 1, 1, 9)]
    public void Spatial(string type, int frames, int height, int width, int channels, int mapFrames, int mapHeight, int mapWidth)
    {
        Assert.True(DType.TryParse(type, out DType activations));
        PortableTests.Compare(activations, Tolerance(type), (ops, random) =>
        {
            Tensor x = ops.Cast(PortableTests.Random(ops, random, [2, frames, height, width, channels]), activations);
            Tensor weight = ops.Cast(PortableTests.Random(ops, random, [channels]), DType.BF16);
            Tensor bias = ops.Cast(PortableTests.Random(ops, random, [channels]), DType.BF16);
            Shape map = [2, mapFrames, mapHeight, mapWidth, channels];
            Tensor scale = ops.Cast(PortableTests.Random(ops, random, map), activations);
            Tensor shift = ops.Cast(PortableTests.Random(ops, random, map), activations);
            return ops.SpatialGroupNorm(x, weight, bias, 4, 1e-6f, scale, shift, silu: frames != 4);
        });
    }

    // Numbers whose mean is ten thousand times their deviation: fp32 itself has only three digits left for what matters.
    [Fact]
    public void KeepsTheVarianceOfNumbersFarFromZero() => PortableTests.Compare(DType.F32, 1e-6, (ops, random) =>
    {
        float[] values = new float[2 * 9 * 20 * 16];
        for (int i = 0; i < values.Length; i++)
            values[i] = 30_000 + random.Next(-4, 5);
        Tensor ones = ops.FromHost(Enumerable.Repeat(1f, 16).ToArray(), [16]);
        return ops.GroupNorm(ops.FromHost(values, [1, 2, 9, 20, 16]), ones, PortableTests.Random(ops, random, [16]), 4, 1e-6f, silu: false);
    });

    // Chunks cover all pixels, none is empty, and there are no more than moments can be added up of, however large the video.
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 1, 33, 128)]
    [InlineData(8, 480, 720, 128)]
    [InlineData(8, 480, 720, 512)]
    [InlineData(49, 768, 1360, 256)]
    [InlineData(81, 4000, 8000, 3)]
    public void ChunksCoverAllPixels(int frames, int height, int width, int channels)
    {
        var size = new VideoSize(1, frames, height, width, channels);
        var tiles = GroupNormTiles.Of(size);
        Assert.True(tiles.Channels * tiles.Count >= channels && tiles.Channels * (tiles.Count - 1) < channels);
        Assert.InRange(tiles.Channels * tiles.Lanes, 65, 128);
        Assert.True(tiles.ChunkPixels * tiles.Chunks >= size.Pixels && tiles.ChunkPixels * (tiles.Chunks - 1) < size.Pixels);
        Assert.InRange(tiles.Chunks * tiles.Count, 1, 2048);
    }

    private static double Tolerance(string type) => type == "F32" ? 1e-6 : type == "F16" ? 1e-4 : 1e-3;
}
