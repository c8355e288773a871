namespace CogVideoX.Kernels;

/// <summary>The size of a video activation [B, F, H, W, C].</summary>
internal readonly record struct VideoSize(int Batch, int Frames, int Height, int Width, int Channels)
{
    /// <summary>F·H·W.</summary>
    public long Pixels => (long)Frames * Height * Width;

    /// <summary>B·F·H·W·C.</summary>
    public long Count => Batch * Pixels * Channels;

    /// <summary>The indices of a pixel, counted through all batch items.</summary>
    public (int B, int F, int H, int W) Position(long pixel)
    {
        (long row, long w) = Math.DivRem(pixel, Width);
        (long frame, long h) = Math.DivRem(row, Height);
        (long b, long f) = Math.DivRem(frame, Frames);
        return ((int)b, (int)f, (int)h, (int)w);
    }
}
