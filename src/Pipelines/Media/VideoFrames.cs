namespace CogVideoX.Pipelines.Media;

/// <summary>A finished video: RGB frames [F,H,W,3] with values in [0,1].</summary>
public sealed class VideoFrames
{
    private readonly int frameLength;

    /// <param name="data">[F,H,W,3], not copied.</param>
    /// <param name="count">F</param> <param name="height">H, pixels</param> <param name="width">W, pixels</param>
    /// <exception cref="ArgumentException">The data's length isn't F·H·W·3.</exception>
    public VideoFrames(ReadOnlyMemory<float> data, int count, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (data.Length != 3L * count * height * width)
            throw new ArgumentException($"{data.Length} values are not a video [{count},{height},{width},3]", nameof(data));
        (Data, Count, Height, Width) = (data, count, height, width);
        frameLength = data.Length / count;
    }

    /// <summary>[F,H,W,3]</summary>
    public ReadOnlyMemory<float> Data { get; }

    public int Count { get; }

    public int Height { get; }

    public int Width { get; }

    /// <returns>[H,W,3]</returns>
    public ReadOnlyMemory<float> Frame(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return Data.Slice(index * frameLength, frameLength);
    }

    /// <summary>One frame in 8 bits, rounded half to even.</summary>
    /// <returns>[H,W,3], the order in which image libraries take RGB.</returns>
    public byte[] FrameRgb24(int index)
    {
        var rgb = new byte[frameLength];
        Rgb24.FromUnit(Frame(index).Span, rgb);
        return rgb;
    }

    /// <summary>Writes the video; the name's ending chooses the format (<see cref="VideoFormats"/>).</summary>
    /// <returns>Where it is, in full.</returns>
    /// <exception cref="OutputException">The file can't be written; nothing of it is left behind.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left behind.</exception>
    public string Save(
        string path, FrameRate rate, GenerationMetadata? metadata = null, bool overwrite = false,
        CancellationToken cancellation = default) =>
        Save(path, rate, VideoOptions.From(metadata, overwrite), cancellation);

    /// <inheritdoc cref="Save(string, FrameRate, GenerationMetadata?, bool, CancellationToken)"/>
    public string Save(string path, FrameRate rate, VideoOptions options, CancellationToken cancellation = default)
    {
        using var sink = VideoSink.Open(path, Shape(rate), options);
        WriteTo(sink, cancellation);
        return sink.Location!;
    }

    /// <summary>Writes the video as YUV4MPEG2 to a stream (<see cref="VideoSink.OpenY4m"/>).</summary>
    /// <exception cref="OutputException">The stream takes nothing more: its reader has gone, the disk behind it is full.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void WriteY4m(
        Stream output, FrameRate rate, IProgress<(int Done, int Total)>? progress = null, CancellationToken cancellation = default)
    {
        using var sink = VideoSink.OpenY4m(output, Shape(rate), progress);
        WriteTo(sink, cancellation);
    }

    private VideoShape Shape(FrameRate rate) => new(Count, Height, Width, rate);

    private void WriteTo(VideoSink sink, CancellationToken cancellation)
    {
        for (int i = 0; i < Count; i++)
            sink.Write(Frame(i).Span, cancellation);
        sink.Complete(cancellation);
    }
}
