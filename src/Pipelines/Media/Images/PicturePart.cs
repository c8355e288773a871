namespace CogVideoX.Pipelines.Media;

/// <summary>Pixels of a part of a picture, rows and columns numbered as in the whole.</summary>
/// <param name="Rgb">[h,w,3] of the window.</param> <param name="Window">Which part.</param>
internal readonly record struct PicturePart(byte[] Rgb, PixelWindow Window)
{
    public static PicturePart Empty(PixelWindow window) => new(new byte[window.Size.Rgb24Bytes], window);

    /// <summary>A row of the window, [w,3].</summary>
    public Span<byte> Row(int row)
    {
        int length = 3 * Window.Size.Width;
        return Rgb.AsSpan((row - Window.Top) * length, length);
    }

    /// <summary>The bytes of a smaller window; its own array where it is the same.</summary>
    public byte[] Cut(PixelWindow wanted)
    {
        if (wanted == Window)
            return Rgb;
        var cut = Empty(wanted);
        for (int row = wanted.Top; row < wanted.Top + wanted.Size.Height; row++)
            Row(row).Slice(3 * (wanted.Left - Window.Left), 3 * wanted.Size.Width).CopyTo(cut.Row(row));
        return cut.Rgb;
    }
}
