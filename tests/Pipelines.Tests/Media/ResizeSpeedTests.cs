using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CogVideoX.Pipelines.Media;
using SkiaSharp;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>How long resizing takes beside SkiaSharp's own, which gives other pixels (DEVELOPERS.md).</summary>
public class ResizeSpeedTests
{
    private const int Rounds = 15;

    [Theory]
    [InlineData(3840, 2160, 720, 480)]
    [InlineData(3840, 2160, 1360, 768)]
    [InlineData(1920, 1080, 720, 480)]
    [InlineData(4032, 3024, 720, 480)]
    [InlineData(720, 480, 1360, 768)]
    public void Resizing_beside_SkiaSharp(int width, int height, int newWidth, int newHeight)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("COGVIDEOX_RESIZE_SPEED") is null, "COGVIDEOX_RESIZE_SPEED isn't set");
        var picture = Noise(height, width);
        using var bitmap = Bitmap(picture);
        using var target = new SKBitmap(new SKImageInfo(newWidth, newHeight, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var size = new PixelSize(newHeight, newWidth);
        var cubic = new SKSamplingOptions(SKCubicResampler.Mitchell);
        var mipmaps = new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        double[] times = Fastest(
            () => picture.Resized(size), () => picture.FittedTo(size), () => bitmap.ScalePixels(target, cubic),
            () => bitmap.ScalePixels(target, mipmaps));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{width}×{height} to {size}: Lanczos {times[0]:F1} ms, cropped {times[1]:F1}; "
                + $"SkiaSharp cubic {times[2]:F1}, mipmaps {times[3]:F1}"));
        Assert.InRange(times[0], 0, 1000);
    }

    // In turns, so that all see the same machine.
    private static double[] Fastest(params Action[] actions)
    {
        var fastest = new double[actions.Length];
        Array.Fill(fastest, double.PositiveInfinity);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                actions[i]();
                fastest[i] = Math.Min(fastest[i], Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        return fastest;
    }

    private static StillImage Noise(int height, int width)
    {
        var rgb = new byte[3 * height * width];
        new Random(1).NextBytes(rgb);
        return new StillImage(rgb, height, width);
    }

    private static SKBitmap Bitmap(StillImage picture)
    {
        var rgba = new byte[4 * picture.Height * picture.Width];
        for (int i = 0; i < rgba.Length; i++)
            rgba[i] = i % 4 == 3 ? (byte)255 : picture.Rgb24[i / 4 * 3 + i % 4];
        var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
        return bitmap;
    }
}
