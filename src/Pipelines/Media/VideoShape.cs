namespace CogVideoX.Pipelines.Media;

/// <summary>What a sink must know before the first frame: how many frames, their size in pixels, how fast they pass.</summary>
public sealed record VideoShape
{
    /// <exception cref="ArgumentOutOfRangeException">A count or size isn't positive.</exception>
    public VideoShape(int count, int height, int width, FrameRate rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Count, Height, Width, Rate) = (count, height, width, rate);
    }

    public int Count { get; }

    public int Height { get; }

    public int Width { get; }

    public FrameRate Rate { get; }

    internal int Pixels => checked(Height * Width);

    /// <summary>Numbers in a frame [3,H,W], and bytes in its 8-bit form [H,W,3].</summary>
    internal int FrameLength => checked(3 * Height * Width);
}
