using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.Tests.CogVideoX;

/// <summary>The VAE of the released models, run dry: what a plan counts grows as the picture does, however large it is.</summary>
public sealed class VaePlanTests(ITestOutputHelper output)
{
    private static readonly VaeConfig Released = GoldenModels.Folder("5b").Vae with
    {
        BlockChannels = [128, 256, 256, 512],
        LayersPerBlock = 3,
        LatentChannels = 16,
        NormGroups = 32,
    };

    [Theory]
    [InlineData(21, 96, 170)]     // 81 frames of 768×1360: a tensor has more than 2³¹ elements
    [InlineData(126, 128, 128)]
    [InlineData(2, 2000, 2000)]   // the norm's workspace has more than 2³¹ numbers, and all operations together are more than 2⁵³
    public void CountsGrowWithThePicture(int frames, int height, int width)
    {
        (long flops, long bytes) = Plan(frames, height, width);
        (long quarterFlops, long quarterBytes) = Plan(frames, height / 2, width / 2);
        Assert.Equal(4, (double)flops / quarterFlops, 1e-9);
        Assert.Equal(4, (double)bytes / quarterBytes, 0.02); // chunks and pages don't divide evenly
    }

    [Fact]
    public void WorkGrowsWithTheChunks() => Assert.Equal(63, (double)Plan(126, 8, 8).Flops / Plan(2, 8, 8).Flops, 1e-9);

    [Fact]
    public void APlanInTilesIsTheRun()
    {
        using Ops real = Ops.OnCpu(2, measure: true), plan = Ops.Planning();
        foreach (Ops ops in new[] { real, plan })
            Tiled(ops, ops.FromHost(new float[5 * 4 * 14 * 13], [1, 5, 4, 14, 13]));
        Assert.Equal(real.TakeOperationTimes().Sum(operation => operation.Flops), plan.PlannedFlops);
        Assert.Equal(1, (double)plan.Memory.PeakBytes / real.Memory.PeakBytes, 0.02);
    }

    // Tiles of one size are alike: a picture of a million latents is planned with those of four sizes.
    [Fact]
    public void APlanGoesThroughOneTileOfEachSize()
    {
        using Ops few = Ops.Planning(), many = Ops.Planning();
        Assert.Equal(Tiled(few, few.Empty([1, 5, 4, 7, 6])), Tiled(many, many.Empty([1, 5, 4, 1002, 1002])));
        Assert.True(many.PlannedFlops > 10_000 * few.PlannedFlops);
    }

    // 8·2¹⁵·2¹⁵ pixels, each a row of 128 numbers.
    [Fact]
    public void MoreThan2To31PixelsAreCounted() => Assert.True(Plan(2, 4096, 4096).Bytes > 2 * (8L << 30) * 128 * sizeof(float));

    // The largest picture of CogVideoX 1.5, as a whole.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheWholeVaeOf81FramesOf768By1360IsPlanned(bool onACard)
    {
        using Ops ops = Ops.Planning(onACard ? DeviceSpec.Cards[0] : null);
        var vae = new CogVideoXVae(new WeightReader(new WeightList(ops, ops.ActivationType)), Released);
        vae.Build();
        long weights = ops.Memory.LiveBytes;
        Shape frames = [1, 81, 768, 1360, 3];
        Assert.Equal("[1, 21, 16, 96, 170]", vae.Encode(ops.Empty(frames)).Mean.Shape.ToString());
        long encoding = ops.Memory.PeakBytes - weights;
        ops.Memory.ResetPeak();
        Assert.Equal(frames, vae.Decode(ops.Empty([1, 21, 16, 96, 170])).Shape);
        long decoding = ops.Memory.PeakBytes - weights;
        output.WriteLine(
            $"{ops.DeviceName}: encoding {encoding / 1e9:F2} GB, decoding {decoding / 1e9:F2} GB, weights {weights / 1e9:F2} GB");
        Assert.InRange(decoding, 3L * 81 * 768 * 1360 * ops.ActivationType.Size, 200_000_000_000);
    }

    [Fact]
    public void APictureTooLargeToCountIsRefused()
    {
        Assert.Contains("larger than a dimension", Assert.Throws<TensorException>(() => Plan(2, 1_000_000_000, 1)).Message);
        Assert.Contains("64 bits", Assert.Throws<TensorException>(() => Plan(2, 1_000_000_000, 1_000_000_000)).Message);
    }

    // → blocks that were gone through
    private static int Tiled(Ops ops, Tensor latents)
    {
        int blocks = 0;
        GoldenModels.Vae(ops, "5b").DecodeTiled(latents, TileGrid.Of(48, 1 / 6.0, 8), TileGrid.Of(40, 1 / 5.0, 8), (_, _) => blocks++);
        return blocks;
    }

    private static (long Flops, long Bytes) Plan(int frames, int height, int width)
    {
        using Ops ops = Ops.Planning();
        var vae = new CogVideoXVae(new WeightReader(new WeightList(ops, DType.F32)), Released);
        vae.Build();
        long weights = ops.Memory.LiveBytes;
        vae.Decode(ops.Empty([1, frames, 16, height, width]));
        return (ops.PlannedFlops, ops.Memory.PeakBytes - weights);
    }
}
