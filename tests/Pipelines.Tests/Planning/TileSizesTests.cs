using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Planning;

/// <summary>Decoding in tiles gives the same picture, but for rounding at the seams.</summary>
public sealed class TileSizesTests
{
    [Theory]
    [InlineData("2b")]
    [InlineData("5b")]
    public void ReleasedModelsHaveTheReferencesTiles(string preset)
    {
        using var folder = new TemporaryFolder();
        new Preset(preset).WriteConfigs(folder.Path);
        VaeConfig vae = ModelFolder.Open(folder.Path).Vae;
        Assert.Equal((TileGrid.Of(240, 1 / 6.0, 8), TileGrid.Of(360, 1 / 5.0, 8)), TileSizes.For(vae));
    }

    [Fact]
    public void EveryTileFadesIntoTheNext()
    {
        VaeConfig vae = ModelFolder.Open(TestModels.Shapes).Vae;
        for (int pixels = 1; pixels <= 1024; pixels++)
        {
            (TileGrid rows, TileGrid columns) = TileSizes.For(vae with { SampleHeight = pixels, SampleWidth = pixels });
            Assert.True(rows.Overlap > 0 && columns.Overlap > 0, $"tiles of {pixels} pixels meet without fading");
        }
    }

    // A picture that isn't larger than a tile is decoded as a whole.
    [Fact]
    public void TheBundledModelsOwnSizeIsOneTile()
    {
        VideoFrames whole = Generate(TilingMode.Off), tiled = Generate(TilingMode.On);
        Assert.Equal(whole.Data.ToArray(), tiled.Data.ToArray());

        VideoFrames Generate(TilingMode tiling)
        {
            using var pipeline = CogVideoXPipeline.Open(TestModels.Shapes);
            var request = new GenerationRequest("a red circle moving left on a gray background") { Steps = 5, VaeTiling = tiling };
            return pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Video;
        }
    }

    // docs/measurements.md states these figures.
    [Theory]
    [InlineData("shapes", 192, 208, 40, 36)]
    [InlineData("5b", 192, 208, 20, 25)] // random weights
    public void TilesAreNearTheWhole(string model, int height, int width, double leastDecoded, double leastEncoded)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string folderOfModel = model == "shapes" ? TestModels.Shapes : Golden.Path($"checkpoints/{model}");
        using var folder = new TemporaryFolder();
        string file = folder.File("latents.safetensors");
        VideoClip clip = TestClips.Shapes(count: 9, new PixelSize(height, width));
        using var encoder = VideoEncoder.Open(folderOfModel);
        using var decoder = VideoDecoder.Open(folderOfModel);
        VideoLatents whole = encoder.Encode(clip, TilingMode.Off, cancellation: cancellation);
        VideoLatents tiled = encoder.Encode(clip, TilingMode.On, cancellation: cancellation);
        whole.Save(file);
        VideoFrames wholeVideo = decoder.Decode(file, TilingMode.Off, cancellation: cancellation);
        VideoFrames tiledVideo = decoder.Decode(file, TilingMode.On, cancellation: cancellation);
        double decoded = Psnr.Of(wholeVideo, tiledVideo), encoded = OfLatents(whole.Values, tiled.Values);
        float worst = wholeVideo.Data.ToArray().Zip(tiledVideo.Data.ToArray(), (a, b) => Math.Abs(a - b)).Max();
        string figures = FormattableString.Invariant(
            $"{model} at {clip.Size}: decoded {decoded:F2} dB, at most {worst:F2} in a pixel; encoded {encoded:F2} dB of the range");
        TestContext.Current.TestOutputHelper!.WriteLine(figures);
        Assert.True(decoded > leastDecoded && encoded > leastEncoded, figures);
    }

    private static double OfLatents(ReadOnlySpan<float> whole, ReadOnlySpan<float> tiled)
    {
        double least = double.MaxValue, most = double.MinValue, squares = 0;
        for (int i = 0; i < whole.Length; i++)
        {
            (least, most) = (Math.Min(least, whole[i]), Math.Max(most, whole[i]));
            squares += Math.Pow((double)whole[i] - tiled[i], 2);
        }
        return 10 * Math.Log10((most - least) * (most - least) * whole.Length / squares);
    }
}
