using System.Runtime.InteropServices;
using SkiaSharp;

namespace CogVideoX.Pipelines.Media;

/// <summary>Pictures through SkiaSharp, whose native library is loaded with the first of them.</summary>
internal static class PictureDecoder
{
    private const int Channels = 4;

    /// <returns>Upright.</returns>
    /// <exception cref="InputException">It is too large, damaged or cut off.</exception>
    public static StillImage Decode(string subject, string kind, byte[] file, PictureBackground? background, InputLimits limits)
    {
        Pixels pixels = Decoded(subject, kind, file, limits);
        byte[] rgb;
        if (background is { } colour)
            rgb = Blended(pixels.Rgba, colour);
        else
            CopyWithoutAlpha(pixels.Rgba, rgb = new byte[pixels.Size.Rgb24Bytes]);
        SKEncodedOrigin origin = PngChunks.IsPng(file) ? (SKEncodedOrigin)PngOrientation.Of(file) : pixels.Origin;
        return Upright(subject, rgb, pixels.Size.Height, pixels.Size.Width, origin);
    }

    /// <summary>The pixels as they are stored, colours not multiplied by alpha.</summary>
    /// <inheritdoc cref="Decode"/>
    public static Pixels Decoded(string subject, string kind, byte[] file, InputLimits limits)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data)
            ?? throw new InputException($"{subject} is a damaged {kind} file: its header makes no sense, or ends too early. Save it anew.");
        var info = codec.Info;
        limits.CheckSize(subject, info.Width, info.Height);
        // Unpremultiplied, since multiplying by alpha would lose the colour under it; no colour space, so that none is converted.
        var wanted = new SKImageInfo(info.Width, info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        var pixels = new byte[(long)info.Width * info.Height * Channels];
        var handle = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        SKCodecResult result;
        try
        {
            result = codec.GetPixels(wanted, handle.AddrOfPinnedObject());
        }
        finally
        {
            handle.Free();
        }
        if (result == SKCodecResult.IncompleteInput)
            throw new InputException($"{subject} is cut off: the {kind} file ends before its last row. Copy or download it again.");
        if (result != SKCodecResult.Success)
            throw new InputException($"{subject} is a damaged {kind} file ({Reason(result)}). Save it anew.");
        return new Pixels(pixels, new PixelSize(info.Height, info.Width), codec.EncodedOrigin);
    }

    /// <param name="rgba">[H,W,4]</param> <param name="rgb">[H,W,3]</param>
    public static void CopyWithoutAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int from = 0, to = 0; from < rgba.Length; from += Channels, to += 3)
            (rgb[to], rgb[to + 1], rgb[to + 2]) = (rgba[from], rgba[from + 1], rgba[from + 2]);
    }

    private static byte[] Blended(byte[] rgba, PictureBackground background)
    {
        var rgb = new byte[rgba.Length / Channels * 3];
        for (int from = 0, to = 0; from < rgba.Length; from += Channels, to += 3)
        {
            int alpha = rgba[from + 3];
            rgb[to] = Blend(rgba[from], background.Red, alpha);
            rgb[to + 1] = Blend(rgba[from + 1], background.Green, alpha);
            rgb[to + 2] = Blend(rgba[from + 2], background.Blue, alpha);
        }
        return rgb;
    }

    // Rounded to the nearest.
    private static byte Blend(byte front, byte back, int alpha) => (byte)((front * alpha + back * (255 - alpha) + 127) / 255);

    /// <summary>Carries out an EXIF orientation (CIPA DC-008, tag 274).</summary>
    private static StillImage Upright(string subject, byte[] rgb, int height, int width, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default)
            return new StillImage(rgb, height, width) { Subject = subject };
        // The names say where the stored first row and first column are shown: RightTop is a first row at the right, a first column on top.
        bool isTurned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop
            or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        bool rowsRunBack = origin is SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft
            or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom;
        bool columnsRunBack = origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight
            or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var (newHeight, newWidth) = isTurned ? (width, height) : (height, width);
        var upright = new byte[rgb.Length];
        for (int row = 0; row < height; row++)
        {
            int shownRow = rowsRunBack ? height - 1 - row : row;
            for (int column = 0; column < width; column++)
            {
                int shownColumn = columnsRunBack ? width - 1 - column : column;
                int to = isTurned ? shownColumn * newWidth + shownRow : shownRow * newWidth + shownColumn;
                rgb.AsSpan(3 * (row * width + column), 3).CopyTo(upright.AsSpan(3 * to));
            }
        }
        return new StillImage(upright, newHeight, newWidth) { Subject = subject };
    }

    private static string Reason(SKCodecResult result) => result switch
    {
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "its data contradict themselves",
        SKCodecResult.Unimplemented => "of a variant that isn't read",
        _ => result.ToString(),
    };

    /// <summary>Of a picture, before it is turned upright.</summary>
    /// <param name="Rgba">[H,W,4]</param> <param name="Size">Of it.</param>
    /// <param name="Origin">Where its first row and column are shown.</param>
    internal readonly record struct Pixels(byte[] Rgba, PixelSize Size, SKEncodedOrigin Origin);
}
