namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Where a picture of one size lies in another, as in the reference's <c>VaeImageProcessor</c> (its modes crop, fill and default): the size
/// that it is resized to, and the offset of that, with halves rounded down.
/// </summary>
public sealed record ImagePlacement
{
    private ImagePlacement(PixelSize from, PixelSize to, ImageFit fit, PixelSize resized)
    {
        (From, To, Fit, Resized) = (from, to, fit, resized);
        (Top, Left) = (to.Height / 2 - resized.Height / 2, to.Width / 2 - resized.Width / 2);
    }

    public PixelSize From { get; }

    public PixelSize To { get; }

    public ImageFit Fit { get; }

    /// <summary>What the whole picture is resized to.</summary>
    public PixelSize Resized { get; }

    /// <summary>Rows of border above it; below 0 where rows are cut off.</summary>
    public int Top { get; }

    /// <summary>Columns of border left of it; below 0 where columns are cut off.</summary>
    public int Left { get; }

    /// <param name="from">The picture's size.</param> <param name="to">The size that is wanted.</param>
    /// <param name="fit">How it comes there.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side isn't positive, or the wanted picture is larger than an array.</exception>
    /// <exception cref="InputException">It is so long and thin that nothing of it would be left.</exception>
    public static ImagePlacement Of(PixelSize from, PixelSize to, ImageFit fit) => Of("The picture", from, to, fit);

    internal static ImagePlacement Of(string subject, PixelSize from, PixelSize to, ImageFit fit)
    {
        CheckPositive(from);
        CheckPositive(to);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to.Rgb24Bytes, Array.MaxLength, nameof(to));
        if (!Enum.IsDefined(fit))
            throw new ArgumentOutOfRangeException(nameof(fit), fit, "This isn't a way to fit a picture.");
        if (fit == ImageFit.Stretch)
            return new ImagePlacement(from, to, fit, to);
        bool isWider = (long)from.Width * to.Height > (long)to.Width * from.Height, isWidthKept = isWider == (fit == ImageFit.Pad);
        // A whole-number division, as there.
        long other = isWidthKept ? (long)from.Height * to.Width / from.Width : (long)from.Width * to.Height / from.Height;
        if (other is > 0 and <= int.MaxValue)
            return new ImagePlacement(from, to, fit, isWidthKept ? to with { Height = (int)other } : to with { Width = (int)other });
        throw new InputException(
            $"{subject} is {from}, too long and thin to become {to} with its ratio kept. Cut it to another shape first, or stretch it.");
    }

    /// <summary>What becomes of it: <c>resized 1920×1080 to 853×480, cropped to 720×480</c>; empty where nothing does.</summary>
    public override string ToString()
    {
        string resizing = Resized == From ? "" : $"resized {From} to {Resized}";
        if (Resized == To)
            return resizing.Length > 0 && Fit == ImageFit.Stretch && !IsRatioKept ? resizing + ", the ratio not kept" : resizing;
        string way = Fit == ImageFit.Crop ? "cropped" : "padded";
        return resizing.Length == 0 ? $"{way} from {From} to {To}" : $"{resizing}, {way} to {To}";
    }

    private bool IsRatioKept => (long)From.Width * To.Height == (long)To.Width * From.Height;

    private static void CheckPositive(PixelSize size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1);
    }
}
