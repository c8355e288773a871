namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Resizes 8-bit RGB pictures of one size, byte for byte as Pillow 13's <c>Image.resize</c>: one pass along each side that changes, each
/// rounded to bytes. The vertical pass is the first where H − h &gt; 2·max(W − w, 0), the horizontal one otherwise. Rows are shared
/// among threads, which changes no byte.
/// </summary>
internal sealed class Resizer
{
    private readonly PixelSize from;
    private readonly PixelWindow window;
    private readonly ResizeWeights? across, down;
    private readonly int[]? nearestColumns, nearestRows;
    private readonly bool isDownFirst;

    /// <param name="from">The pictures' size.</param> <param name="to">Their new size.</param>
    /// <param name="window">The part of the new picture that is wanted: nothing else is computed, nor ever held.</param>
    /// <param name="filter">How pixels are weighted.</param>
    public Resizer(PixelSize from, PixelSize to, PixelWindow window, ResizeFilter filter)
    {
        (this.from, this.window) = (from, window);
        if (filter == ResizeFilter.Nearest)
        {
            nearestColumns = Nearest(from.Width, to.Width, window.Left, window.Size.Width);
            nearestRows = Nearest(from.Height, to.Height, window.Top, window.Size.Height);
            return;
        }
        if (from.Width != to.Width)
            across = new ResizeWeights(from.Width, to.Width, window.Left, window.Size.Width, filter);
        if (from.Height != to.Height)
            down = new ResizeWeights(from.Height, to.Height, window.Top, window.Size.Height, filter);
        isDownFirst = from.Height - to.Height > 2 * Math.Max(from.Width - to.Width, 0);
    }

    /// <param name="rgb">[H,W,3] of the old size.</param>
    /// <returns>[h,w,3] of the window, an array of its own.</returns>
    public byte[] Run(byte[] rgb)
    {
        if (nearestRows is not null)
            return Picked(rgb);
        var picture = new PicturePart(rgb, PixelWindow.Whole(from));
        return (isDownFirst ? Across(Down(picture)) : Down(Across(picture))).Cut(window);
    }

    // Of the first pass, only what the second one needs.
    private PicturePart Down(PicturePart picture)
    {
        if (down is null)
            return picture;
        var (first, end) = (isDownFirst ? across?.Needed : null) ?? (window.Left, window.Left + window.Size.Width);
        var area = new PixelWindow(window.Top, first, new PixelSize(window.Size.Height, end - first));
        var result = PicturePart.Empty(area);
        VerticalPass.Run(picture, down, result);
        return result;
    }

    private PicturePart Across(PicturePart picture)
    {
        if (across is null)
            return picture;
        var (first, end) = (isDownFirst ? null : down?.Needed) ?? (window.Top, window.Top + window.Size.Height);
        var area = new PixelWindow(first, window.Left, new PixelSize(end - first, window.Size.Width));
        var result = PicturePart.Empty(area);
        HorizontalPass.Run(picture, across, result);
        return result;
    }

    private byte[] Picked(byte[] rgb)
    {
        var result = new byte[window.Size.Rgb24Bytes];
        int at = 0;
        foreach (int row in nearestRows!)
        {
            foreach (int column in nearestColumns!)
            {
                rgb.AsSpan(3 * (row * from.Width + column), 3).CopyTo(result.AsSpan(at));
                at += 3;
            }
        }
        return result;
    }

    // Pillow adds the step up from pixel to pixel, so that its rounding grows along the side.
    private static int[] Nearest(int from, int to, int start, int length)
    {
        var picked = new int[length];
        double step = (double)from / to, at = step * 0.5;
        for (int i = 0; i < start + length; i++, at += step)
        {
            if (i >= start)
                picked[i - start] = Math.Min((int)at, from - 1);
        }
        return picked;
    }
}
