using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Previews;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Previews;

/// <summary><c>preview.json</c>: written, read back, and refused where it isn't one.</summary>
public sealed class PreviewFileTests : IDisposable
{
    private const string Good = """
        {
          "format": "cogvideox-preview", "version": 1, "latent_channels": 2,
          "latent_rgb_factors": [[0.5, -0.25, 1e-3], [0, 2, -1]], "latent_rgb_bias": [0.1, 0, -0.5],
          "r_squared": 0.75, "psnr": 20.5, "fitted_latents": 100
        }
        """;

    private readonly TemporaryFolder folder = new();

    private string File => folder.File("preview.json");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        var map = new LatentPreview([[0.1, -2 / 3.0, 1e-9], [0, 7, -1]], [0.3, 0, -0.5], new PreviewFit(0.9, 23.4, 5));
        map.Save(File);
        var read = LatentPreview.Load(File, channels: 2);
        Assert.Equal(map.Factors, read.Factors);
        Assert.Equal(map.Bias, read.Bias);
        Assert.Equal(map.Fit, read.Fit);
    }

    [Fact]
    public void FiguresOfTheFitMayBeMissing()
    {
        System.IO.File.WriteAllText(File, Good[..Good.IndexOf(",\n  \"r_squared", StringComparison.Ordinal)] + "}");
        Assert.Equal(new PreviewFit(0, 0, 0), LatentPreview.Load(File, channels: 2).Fit);
    }

    [Theory]
    [InlineData("cogvideox-preview", "cogvideox-other", "'format' is \"cogvideox-other\"; it should be \"cogvideox-preview\"")]
    [InlineData("\"format\": \"cogvideox-preview\", ", "", "'format' is absent")]
    [InlineData("\"version\": 1", "\"version\": 2", "'version' is 2; it should be 1")]
    [InlineData("\"latent_channels\": 2", "\"latent_channels\": 16", "'latent_channels' is 16; it should be 2, as the model's have")]
    [InlineData("[0, 2, -1]", "[0, 2]", "it should be 2 lists of 3 numbers")]
    [InlineData(", [0, 2, -1]", "", "it should be 2 lists of 3 numbers")]
    [InlineData("[0, 2, -1]", "[0, 2, \"a\"]", "it should be 2 lists of 3 numbers")]
    [InlineData("[0, 2, -1]", "[0, 2, 1e300]", "it should be 2 lists of 3 numbers from -1000000 to 1000000")]
    [InlineData("[0, 2, -1]", "[0, 2, 1e999]", "it should be 2 lists of 3 numbers")]
    [InlineData("[0, 2, -1]", "[0, 2, NaN]", "isn't valid JSON")]
    [InlineData("[0.1, 0, -0.5]", "[0.1, 0]", "'latent_rgb_bias' is [0.1,0]; it should be a list of 3 numbers")]
    [InlineData("[0.1, 0, -0.5]", "null", "'latent_rgb_bias' is null; it should be a list of 3 numbers")]
    [InlineData("0.75", "1.5", "'r_squared' is 1.5")]
    [InlineData("20.5", "\"20\"", "'psnr' is \"20\"")]
    [InlineData("100", "-1", "'fitted_latents' is -1")]
    public void WhatIsWrongInItIsNamed(string text, string other, string says)
    {
        Assert.Contains(text, Good);
        System.IO.File.WriteAllText(File, Good.Replace(text, other));
        var refused = Assert.Throws<ModelException>(() => LatentPreview.Load(File, channels: 2));
        Assert.Contains(says, refused.Message);
        Assert.StartsWith(File, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void WhatCantBeReadOrWrittenIsNamed()
    {
        Assert.Contains("doesn't exist", Assert.Throws<ModelException>(() => LatentPreview.Load(File, 2)).Message);
        Assert.Contains("is a folder", Assert.Throws<ModelException>(() => LatentPreview.Load(folder.Path, 2)).Message);
        var map = new LatentPreview([[1, 0, 0]], [0, 0, 0], new PreviewFit(0, 0, 1));
        Assert.Contains("doesn't exist", Assert.Throws<OutputException>(() => map.Save(folder.File("missing/preview.json"))).Message);
        Assert.Contains("is a folder", Assert.Throws<OutputException>(() => map.Save(folder.Path)).Message);
        Assert.Empty(folder.Names);
    }
}
