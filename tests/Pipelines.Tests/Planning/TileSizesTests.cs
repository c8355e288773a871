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

    [Fact]
    public void TiledVideoHasTheSizeAskedForAndLooksTheSame()
    {
        using var pipeline = TextToVideo.Open(TestModels.Shapes);
        var request = new GenerationRequest("a red circle moving left on a gray background") { Steps = 10 };
        VideoFrames whole = Generate(request with { VaeTiling = TilingMode.Off }), tiled = Generate(
            request with { VaeTiling = TilingMode.On });
        Assert.Equal((whole.Count, whole.Height, whole.Width), (tiled.Count, tiled.Height, tiled.Width));
        double squares = 0;
        for (int i = 0; i < whole.Data.Length; i++)
            squares += Math.Pow(whole.Data.Span[i] - tiled.Data.Span[i], 2);
        double psnr = 10 * Math.Log10(whole.Data.Length / squares);
        Assert.True(psnr > 25, $"{psnr:F1} dB between the whole and the tiled picture");

        VideoFrames Generate(GenerationRequest what) => pipeline.Generate(what, cancellation: TestContext.Current.CancellationToken).Video;
    }
}
