namespace CogVideoX.Pipelines.Media;

/// <summary>The picture that the frames of an animated PNG are drawn on: [H,W,4] in 8 bits, transparent black at first.</summary>
internal sealed class AnimationCanvas(PixelSize size)
{
    private const int Channels = 4;

    private readonly byte[] rgba = new byte[(long)size.Height * size.Width * Channels];
    private AnimatedPngFrame? shown;
    private byte[] former = [];

    /// <summary>What is to be seen now.</summary>
    public ReadOnlySpan<byte> Rgba => rgba;

    /// <summary>Disposes of the frame before, and draws the next.</summary>
    /// <param name="frame">Where and how.</param> <param name="pixels">[h,w,4] of its window.</param>
    public void Draw(AnimatedPngFrame frame, ReadOnlySpan<byte> pixels)
    {
        if (shown is { } last)
            DisposeOf(last);
        shown = frame;
        if (frame.Disposal == FrameDisposal.Previous)
            former = Copied(frame.Window);
        int length = frame.Window.Size.Width * Channels;
        for (int row = 0; row < frame.Window.Size.Height; row++)
        {
            ReadOnlySpan<byte> source = pixels.Slice(row * length, length);
            if (frame.IsBlended)
                Blend(source, Row(frame.Window, row));
            else
                source.CopyTo(Row(frame.Window, row));
        }
    }

    private void DisposeOf(AnimatedPngFrame frame)
    {
        int length = frame.Window.Size.Width * Channels;
        for (int row = 0; row < frame.Window.Size.Height && frame.Disposal != FrameDisposal.None; row++)
        {
            if (frame.Disposal == FrameDisposal.Background)
                Row(frame.Window, row).Clear();
            else
                former.AsSpan(row * length, length).CopyTo(Row(frame.Window, row));
        }
    }

    private byte[] Copied(PixelWindow window)
    {
        int length = window.Size.Width * Channels;
        var copy = new byte[window.Size.Height * length];
        for (int row = 0; row < window.Size.Height; row++)
            Row(window, row).CopyTo(copy.AsSpan(row * length));
        return copy;
    }

    private Span<byte> Row(PixelWindow window, int row) =>
        rgba.AsSpan(((window.Top + row) * size.Width + window.Left) * Channels, window.Size.Width * Channels);

    // Over, with colours that aren't multiplied by alpha (PNG specification, 13.16), in whole numbers.
    private static void Blend(ReadOnlySpan<byte> front, Span<byte> back)
    {
        for (int at = 0; at < front.Length; at += Channels)
        {
            int alpha = front[at + 3], behind = back[at + 3];
            if (alpha == byte.MaxValue || behind == 0)
                front.Slice(at, Channels).CopyTo(back[at..]);
            if (alpha is 0 or byte.MaxValue || behind == 0)
                continue;
            int frontShare = alpha * byte.MaxValue, backShare = (byte.MaxValue - alpha) * behind, whole = frontShare + backShare;
            for (int channel = at; channel < at + 3; channel++)
                back[channel] = (byte)((front[channel] * frontShare + back[channel] * backShare + whole / 2) / whole);
            back[at + 3] = (byte)((whole + byte.MaxValue / 2) / byte.MaxValue);
        }
    }
}
