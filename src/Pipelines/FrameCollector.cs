using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>Keeps all frames of a run, in one array.</summary>
internal sealed class FrameCollector(int frames, int height, int width) : IFrameSink
{
    private int filled;

    /// <summary>[F, H, W, 3]; decoding in tiles writes here itself.</summary>
    public float[] Data { get; } = new float[3 * frames * height * width];

    public void Write(ReadOnlySpan<float> frame, CancellationToken cancellation)
    {
        frame.CopyTo(Data.AsSpan(filled));
        filled += frame.Length;
    }

    public VideoFrames ToFrames() => new(Data, frames, height, width);
}
