namespace CogVideoX.Pipelines.Media;

/// <summary>Brings pictures of one size into another, as the reference does: Lanczos, then cut off or padded.</summary>
internal sealed class PictureFitter
{
    private readonly ImagePlacement placement;
    private readonly PixelWindow shown;
    private readonly Resizer? resizer;

    public PictureFitter(ImagePlacement placement)
    {
        this.placement = placement;
        PixelSize resized = placement.Resized, to = placement.To;
        var size = new PixelSize(Math.Min(resized.Height, to.Height), Math.Min(resized.Width, to.Width));
        shown = new PixelWindow(Math.Max(-placement.Top, 0), Math.Max(-placement.Left, 0), size);
        bool isUnchanged = resized == placement.From && size == resized;
        resizer = isUnchanged ? null : new Resizer(placement.From, resized, shown, ResizeFilter.Lanczos);
    }

    /// <param name="rgb">[H,W,3] of the old size.</param>
    /// <returns>[h,w,3] of the new size: <paramref name="rgb"/> itself where nothing changes.</returns>
    public byte[] Fit(byte[] rgb)
    {
        byte[] resized = resizer?.Run(rgb) ?? rgb;
        return shown.Size == placement.To ? resized : Padded(resized);
    }

    private byte[] Padded(byte[] picture)
    {
        var (top, left) = (placement.Top, 3 * placement.Left);
        int height = shown.Size.Height, width = 3 * shown.Size.Width, length = 3 * placement.To.Width;
        var result = new byte[placement.To.Rgb24Bytes];
        for (int row = 0; row < height; row++)
        {
            ReadOnlySpan<byte> from = Row(row);
            Span<byte> to = result.AsSpan((top + row) * length, length);
            from.CopyTo(to[left..]);
            int next = Math.Min(3, width - 3);
            FillColumns(to[..left], from[..3], from.Slice(next, 3));
            FillColumns(Border(to, left + width, left), from[^3..], from.Slice(width - 3 - next, 3));
        }
        FillRows(result.AsSpan(0, top * length), length, Row(0), Row(Math.Min(1, height - 1)));
        FillRows(Border(result, (top + height) * length, top * length), length, Row(height - 1), Row(Math.Max(height - 2, 0)));
        return result;

        ReadOnlySpan<byte> Row(int row) => picture.AsSpan(row * width, width);
    }

    // Both borders are as wide as the first, so that of an odd target the last row or column stays black, as in the reference.
    private static Span<byte> Border(Span<byte> all, int start, int length) => all[start..Math.Min(start + length, all.Length)];

    private static void FillRows(Span<byte> border, int length, ReadOnlySpan<byte> edge, ReadOnlySpan<byte> next)
    {
        if (border.IsEmpty)
            return;
        for (int i = 0; i < length; i++)
            border[i] = BeyondEdge(edge[i], next[i]);
        for (int at = length; at < border.Length; at += length)
            border[..length].CopyTo(border[at..]);
    }

    private static void FillColumns(Span<byte> border, ReadOnlySpan<byte> edge, ReadOnlySpan<byte> next)
    {
        for (int i = 0; i < border.Length; i++)
            border[i] = BeyondEdge(edge[i % 3], next[i % 3]);
    }

    // What a bicubic filter (a = -1/2) at the edge itself gives: 9/8 of the last row or column less 1/8 of the one before.
    private static byte BeyondEdge(byte edge, byte next) => (byte)Math.Clamp((9 * edge - next + 4) >> 3, 0, 255);
}
