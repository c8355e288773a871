using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Previews;

namespace CogVideoX.Pipelines.Tests.Previews;

/// <summary>The least squares behind a preview, on numbers whose answer is known.</summary>
public sealed class PreviewRegressionTests
{
    private const int Channels = 3, Frames = 2, Height = 4, Width = 5, Plane = Height * Width;

    private static readonly double[][] Factors = [[0.1, -0.02, 0.3], [0, 0.25, -0.1], [-0.2, 0.05, 0.01]];
    private static readonly double[] Bias = [0.1, -0.3, 0.05];

    [Fact]
    public void AKnownMapIsRecovered()
    {
        var regression = new PreviewRegression(Channels);
        for (int clip = 0; clip < 3; clip++)
            Add(regression, Latents(seed: clip), noise: 0);
        LatentPreview found = regression.Solve();
        for (int channel = 0; channel < Channels; channel++)
            Assert.All(Enumerable.Range(0, 3), colour => Assert.Equal(Factors[channel][colour], found.Factors[channel][colour], 1e-6));
        Assert.All(Enumerable.Range(0, 3), colour => Assert.Equal(Bias[colour], found.Bias[colour], 1e-6));
        Assert.Equal(3 * Frames * Plane, found.Fit.Latents);
        Assert.Equal(1, found.Fit.RSquared, 1e-9);
        Assert.InRange(found.Fit.Psnr, 120, 200); // what rounding to fp32 leaves
    }

    // Noise of a known deviation is what is left over: of colours of 0 to 1, ±0.05 is 26 dB.
    [Fact]
    public void WhatTheMapCantExplainIsInTheFigures()
    {
        var regression = new PreviewRegression(Channels);
        for (int clip = 0; clip < 50; clip++)
            Add(regression, Latents(seed: clip), noise: 0.05f);
        PreviewFit fit = regression.Solve().Fit;
        Assert.Equal(-20 * Math.Log10(0.05), fit.Psnr, 0.1);
        Assert.InRange(fit.RSquared, 0.5, 0.99);
    }

    [Fact]
    public void ChannelsThatAreCopiesShareTheirFactor()
    {
        float[] latents = Latents(seed: 1);
        for (int frame = 0; frame < Frames; frame++)
            latents.AsSpan(frame * Channels * Plane, Plane).CopyTo(latents.AsSpan((frame * Channels + 1) * Plane));
        var regression = new PreviewRegression(Channels);
        Add(regression, latents, noise: 0);
        LatentPreview found = regression.Solve();
        Assert.Equal(Factors[0][0] + Factors[1][0], found.Factors[0][0] + found.Factors[1][0], 1e-6);
        Assert.All(found.Factors.SelectMany(row => row), factor => Assert.InRange(factor, -1, 1));
    }

    [Fact]
    public void LatentsThatSayNothingGiveTheMeanColour()
    {
        var regression = new PreviewRegression(Channels);
        Add(regression, new float[Frames * Channels * Plane], noise: 0);
        LatentPreview found = regression.Solve();
        Assert.All(found.Factors.SelectMany(row => row), factor => Assert.Equal(0, factor));
        Assert.All(Enumerable.Range(0, 3), colour => Assert.Equal(Bias[colour], found.Bias[colour], 1e-6));
        Assert.Equal((1, 200), (found.Fit.RSquared, Math.Round(found.Fit.Psnr)));
    }

    private static void Add(PreviewRegression regression, float[] values, float noise)
    {
        var latents = new VideoLatents(values, [1, Frames, Channels, Height, Width]);
        float[] colours = new LatentPreview(Factors, Bias, new PreviewFit(0, 0, 0)).Show(latents).Data.ToArray();
        for (int i = 0; i < colours.Length; i++)
            colours[i] += i % 2 == 0 ? noise : -noise;
        regression.Add(latents, new VideoFrames(colours, Frames, Height, Width));
    }

    private static float[] Latents(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Frames * Channels * Plane).Select(_ => 2 * random.NextSingle() - 1)];
    }
}
