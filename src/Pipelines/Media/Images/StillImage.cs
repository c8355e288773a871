using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// A still picture in 8-bit RGB, as Pillow's <c>convert("RGB")</c> of it: upright (its EXIF orientation is carried out), alpha left out,
/// colour profiles and gamma not looked at. Of an animation it is the first frame.
/// </summary>
public sealed class StillImage
{
    /// <param name="rgb24">[H,W,3], not copied.</param> <param name="height">H, pixels</param> <param name="width">W, pixels</param>
    /// <exception cref="ArgumentException">The data's length isn't H·W·3.</exception>
    public StillImage(byte[] rgb24, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(rgb24);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (rgb24.Length != 3L * height * width)
            throw new ArgumentException($"{rgb24.Length} bytes are not a picture [{height},{width},3]", nameof(rgb24));
        (Rgb24, Height, Width) = (rgb24, height, width);
    }

    /// <summary>[H,W,3]</summary>
    public byte[] Rgb24 { get; }

    public int Height { get; }

    public int Width { get; }

    public PixelSize Size => new(Height, Width);

    /// <summary>What messages are about: <c>The picture 'photo.jpg'</c>.</summary>
    internal string Subject { get; init; } = "The picture";

    /// <summary>Reads a PNG, JPEG, WebP, GIF or BMP file.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="background">What shows through where it is transparent; null leaves alpha out, whatever colour lies under it.</param>
    /// <param name="limits">What is read at most; checked before a pixel is decoded.</param>
    /// <exception cref="ArgumentException">The text can't be a path.</exception>
    /// <exception cref="InputException">It isn't there, of another kind, damaged, cut off or too large.</exception>
    public static StillImage Load(string path, PictureBackground? background = null, InputLimits? limits = null)
    {
        PathCheck.CheckArgument(path);
        string subject = $"The picture {Quoted.Path(path)}";
        try
        {
            if (Directory.Exists(path))
                throw new InputException($"{subject} is a folder. Give a file.");
            var target = new FileInfo(RealPath.Of(path));
            if (!target.Exists)
                throw new InputException($"{subject} isn't there.");
            if (target.Length == 0)
                throw new InputException($"{subject} is empty, a pipe or a device. Give a file.");
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return Load(subject, file, background, limits ?? InputLimits.Default);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{subject} can't be read: {Quoted.Line(exception.Message)}", exception);
        }
    }

    /// <inheritdoc cref="Load(string, PictureBackground?, InputLimits?)"/>
    /// <param name="input">Read from where it stands to its end, and left open.</param>
    /// <param name="background"/> <param name="limits"/>
    /// <exception cref="IOException">The stream can't be read.</exception>
    public static StillImage Load(Stream input, PictureBackground? background = null, InputLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Load("The picture", input, background, limits ?? InputLimits.Default);
    }

    /// <summary>The same picture in another size, byte for byte as Pillow 13's <c>resize</c>; the ratio may change.</summary>
    /// <returns>Of its own size, it has the same array.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size isn't positive, or larger than an array; there is no such filter.</exception>
    public StillImage Resized(PixelSize size, ResizeFilter filter = ResizeFilter.Lanczos)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size.Rgb24Bytes, Array.MaxLength, nameof(size));
        if (!Enum.IsDefined(filter))
            throw new ArgumentOutOfRangeException(nameof(filter), filter, "This isn't a filter.");
        byte[] resized = size == Size ? Rgb24 : new Resizer(Size, size, PixelWindow.Whole(size), filter).Run(Rgb24);
        return new StillImage(resized, size.Height, size.Width) { Subject = Subject };
    }

    /// <summary>Where this picture would lie in another size.</summary>
    /// <inheritdoc cref="ImagePlacement.Of(PixelSize, PixelSize, ImageFit)"/>
    public ImagePlacement PlacementIn(PixelSize size, ImageFit fit = ImageFit.Crop) => ImagePlacement.Of(Subject, Size, size, fit);

    /// <summary>
    /// This picture in another size, byte for byte as the reference fits it. What becomes of it says <see cref="PlacementIn"/>.
    /// </summary>
    /// <inheritdoc cref="ImagePlacement.Of(PixelSize, PixelSize, ImageFit)"/>
    public StillImage FittedTo(PixelSize size, ImageFit fit = ImageFit.Crop)
    {
        byte[] fitted = new PictureFitter(PlacementIn(size, fit)).Fit(Rgb24);
        return new StillImage(fitted, size.Height, size.Width) { Subject = Subject };
    }

    /// <summary>Writes the picture as a model takes it.</summary>
    /// <param name="pixels">[H,W,3], −1 to 1.</param>
    /// <exception cref="ArgumentException">It hasn't H·W·3 numbers.</exception>
    public void CopySigned(Span<float> pixels)
    {
        if (pixels.Length != Rgb24.Length)
            throw new ArgumentException($"{pixels.Length} numbers don't hold a picture of {Rgb24.Length}.", nameof(pixels));
        Media.Rgb24.ToSigned(Rgb24, pixels);
    }

    /// <summary>What a file that begins so is called, or null where it is no picture that is read.</summary>
    internal static string? KindOf(ReadOnlySpan<byte> start)
    {
        if (PngChunks.IsPng(start))
            return "PNG";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return "JPEG";
        if (WebpXmp.IsWebp(start))
            return "WebP";
        if (start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8))
            return "GIF";
        return start.StartsWith("BM"u8) && start.Length >= 18 && start[15] == 0 && start[14] >= 12 ? "BMP" : null;
    }

    private static StillImage Load(string subject, Stream input, PictureBackground? background, InputLimits limits)
    {
        byte[] file = ReadWhole(subject, input, limits.MostPictureBytes);
        string kind = KindOf(file) ?? throw new InputException(
            $"{subject} isn't of a known kind. PNG, JPEG, WebP, GIF and BMP are read; convert it to one of them.");
        return PictureDecoder.Decode(subject, kind, file, background, limits);
    }

    private static byte[] ReadWhole(string subject, Stream input, long most)
    {
        var whole = new MemoryStream();
        var part = new byte[1 << 16];
        for (int length; (length = input.Read(part)) > 0;)
        {
            if (whole.Length + length > most)
                throw new InputException($"{subject} has more than {most} bytes, the most that is read. Make it smaller first.");
            whole.Write(part, 0, length);
        }
        if (whole.Length == 0)
            throw new InputException($"{subject} is empty.");
        return whole.ToArray();
    }
}
