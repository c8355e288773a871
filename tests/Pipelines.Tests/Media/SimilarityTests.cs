using System.Text.Json;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>PSNR and SSIM against a reference's numbers (metrics/), against the formulas written down, and where they are known.</summary>
public sealed class SimilarityTests
{
    [Fact]
    public void AgreesWithTheReferenceByFrameAndByClip()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("metrics/pixels.json")));
        using SafetensorsFile file = Golden.Open("metrics/pixels.safetensors");
        VideoFrames first = Video("reference"), second = Video("other");
        JsonElement frames = json.RootElement.GetProperty("frames"), clip = json.RootElement.GetProperty("clip");
        for (int i = 0; i < first.Count; i++)
        {
            double ssim = Ssim.Of(Frame(first, i), Frame(second, i)), psnr = Psnr.Of(Frame(first, i), Frame(second, i));
            Assert.Equal(frames[i].GetProperty("ssim_gaussian_rgb").GetDouble(), ssim, 1e-7);
            JsonElement expected = frames[i].GetProperty("psnr");
            if (expected.ValueKind == JsonValueKind.String)
                Assert.Equal(double.PositiveInfinity, psnr);
            else
                Assert.Equal(expected.GetDouble(), psnr, 1e-5);
        }
        Assert.Equal(clip.GetProperty("psnr_of_pooled_mse").GetDouble(), Psnr.Of(first, second), 1e-5);
        Assert.Equal(clip.GetProperty("ssim_gaussian_rgb").GetDouble(), Ssim.Of(first, second), 1e-7);

        VideoFrames Video(string name) => new(
            file[name].AsReadOnlySpan<byte>().ToArray().Select(value => value / 255f).ToArray(), file[name].Shape[0], file[name].Shape[1],
            file[name].Shape[2]);
    }

    [Fact]
    public void EqualVideosAreInfinitelyNear()
    {
        VideoFrames noise = TestVideos.Noise(2, 13, 17);
        Assert.Equal(double.PositiveInfinity, Psnr.Of(noise, noise));
        Assert.Equal(1, Ssim.Of(noise, noise), 1e-12);
    }

    // Everywhere an offset of 1/10 is 20 dB, of 1/100 40 dB; SSIM is that of the means alone: (2ab + C₁) / (a² + b² + C₁).
    [Theory]
    [InlineData(0.4f, 0.5f, 20)]
    [InlineData(0.99f, 1f, 40)]
    public void AnOffsetIsKnown(float first, float second, double psnr)
    {
        VideoFrames one = TestVideos.Flat((first, first, first)), other = TestVideos.Flat((second, second, second));
        Assert.Equal(psnr, Psnr.Of(one, other), 1e-4);
        Assert.Equal((2 * first * second + 1e-4) / (first * first + second * second + 1e-4), Ssim.Of(one, other), 1e-6);
    }

    [Fact]
    public void IsTheFormulaWrittenDown()
    {
        VideoFrames first = TestVideos.Noise(1, 14, 12), second = TestVideos.Drifting(1, 14, 12);
        Assert.Equal(WrittenDown(first.Frame(0).Span, second.Frame(0).Span, 14, 12), Ssim.Of(first, second), 1e-12);
    }

    [Fact]
    public void OtherSizesAreRefused()
    {
        VideoFrames video = TestVideos.Noise(2, 16, 16);
        foreach (VideoFrames other in new[] { TestVideos.Noise(1, 16, 16), TestVideos.Noise(2, 16, 17) })
        {
            Assert.Contains("can't be compared", Assert.Throws<ArgumentException>(() => Psnr.Of(video, other)).Message);
            Assert.Contains("can't be compared", Assert.Throws<ArgumentException>(() => Ssim.Of(video, other)).Message);
        }
        VideoFrames small = TestVideos.Noise(1, 16, 10);
        Assert.Contains("smaller than a window", Assert.Throws<ArgumentException>(() => Ssim.Of(small, small)).Message);
    }

    private static VideoFrames Frame(VideoFrames video, int index) => new(video.Frame(index), 1, video.Height, video.Width);

    // Window by window, in two dimensions, with variances about the means.
    private static double WrittenDown(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int height, int width)
    {
        var weights = new double[11, 11];
        double all = 0;
        for (int i = 0; i < 121; i++)
            all += weights[i / 11, i % 11] = Math.Exp(-(Math.Pow(i / 11 - 5, 2) + Math.Pow(i % 11 - 5, 2)) / 4.5);
        double sum = 0;
        int windows = 0;
        for (int top = 0; top <= height - 11; top++)
        {
            for (int left = 0; left <= width - 11; left++)
            {
                for (int channel = 0; channel < 3; channel++, windows++)
                {
                    double meanX = 0, meanY = 0, varianceX = 0, varianceY = 0, covariance = 0;
                    for (int i = 0; i < 121; i++)
                    {
                        int at = ((top + i / 11) * width + left + i % 11) * 3 + channel;
                        meanX += weights[i / 11, i % 11] / all * x[at];
                        meanY += weights[i / 11, i % 11] / all * y[at];
                    }
                    for (int i = 0; i < 121; i++)
                    {
                        int at = ((top + i / 11) * width + left + i % 11) * 3 + channel;
                        double weight = weights[i / 11, i % 11] / all;
                        varianceX += weight * Math.Pow(x[at] - meanX, 2);
                        varianceY += weight * Math.Pow(y[at] - meanY, 2);
                        covariance += weight * (x[at] - meanX) * (y[at] - meanY);
                    }
                    sum += (2 * meanX * meanY + 1e-4) * (2 * covariance + 9e-4)
                        / ((meanX * meanX + meanY * meanY + 1e-4) * (varianceX + varianceY + 9e-4));
                }
            }
        }
        return sum / windows;
    }
}
