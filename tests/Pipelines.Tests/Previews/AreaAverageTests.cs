using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Previews;

namespace CogVideoX.Pipelines.Tests.Previews;

/// <summary>Which pixels and frames a latent stands for.</summary>
public sealed class AreaAverageTests
{
    private static readonly VaeConfig Vae = ModelFolder.Open(TestModels.Shapes).Vae;

    // 9 frames are 3 latents, the first of one frame; 8 are 2 latents of four.
    [Theory]
    [InlineData(1, new[] { 0.0 })]
    [InlineData(8, new[] { 1.5, 5.5 })]
    [InlineData(9, new[] { 0, 2.5, 6.5 })]
    [InlineData(17, new[] { 0, 2.5, 6.5, 10.5, 14.5 })]
    public void FramesAreThoseOfTheLatent(int frames, double[] expected)
    {
        float[] video = [.. Enumerable.Range(0, frames).SelectMany(frame => Enumerable.Repeat((float)frame, 8 * 8 * 3))];
        VideoFrames average = AreaAverage.Of(new VideoFrames(video, frames, 8, 8), Vae);
        Assert.Equal((expected.Length, 1, 1), (average.Count, average.Height, average.Width));
        Assert.All(expected.Index(), latent => Assert.Equal(latent.Item, average.Frame(latent.Index).Span[0], 1e-4));
    }

    [Fact]
    public void PixelsAreThoseOfTheLatent()
    {
        const int Height = 16, Width = 24;
        float[] picture = new float[Height * Width * 3];
        for (int i = 0; i < picture.Length; i++)
            picture[i] = 100 * (i / 3 / Width / 8) + 10 * (i / 3 % Width / 8) + i % 3 + (i / 3 % 2 == 0 ? 0.5f : -0.5f);
        VideoFrames average = AreaAverage.Of(new VideoFrames(picture, 1, Height, Width), Vae);
        Assert.Equal((2, 3), (average.Height, average.Width));
        float[] values = average.Data.ToArray();
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(100 * (i / 9) + 10 * (i / 3 % 3) + i % 3, values[i], 1e-3);
    }
}
