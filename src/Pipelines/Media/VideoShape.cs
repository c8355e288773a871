namespace CogVideoX.Pipelines.Media;

/// <summary>What a sink must know before the first frame: how many frames, their size in pixels, how fast they pass.</summary>
public sealed record VideoShape
{
    /// <exception cref="ArgumentOutOfRangeException">A count or size isn't positive, or a frame has more than 2³¹ numbers.</exception>
    public VideoShape(int count, int height, int width, FrameRate rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentNullException.ThrowIfNull(rate);
        if (3L * height * width > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(width), $"a frame of {width}×{height} pixels is larger than memory can hold in one piece");
        }
        (Count, Height, Width, Rate) = (count, height, width, rate);
    }

    public int Count { get; }

    public int Height { get; }

    public int Width { get; }

    public FrameRate Rate { get; }

    internal int Pixels => Height * Width;

    /// <summary>Numbers in a frame [H,W,3], and bytes in its 8-bit form.</summary>
    internal int FrameLength => 3 * Height * Width;
}
