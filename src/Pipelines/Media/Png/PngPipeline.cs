namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Compresses frames on several threads and hands them on in their order. As many frames are held as there are threads, so that a long
/// video takes no more memory than a short one.
/// </summary>
/// <param name="shape">Of the video.</param> <param name="threads">How many; 0 for one a processor.</param>
/// <param name="write">Takes each frame's number and its compressed image, on the caller's thread.</param>
internal sealed class PngPipeline(VideoShape shape, int threads, Action<int, ReadOnlySpan<byte>> write)
{
    private readonly int most = Math.Min(threads > 0 ? threads : Environment.ProcessorCount, shape.Count);
    private readonly Queue<(PngEncoder Encoder, Task Work)> busy = [];
    private int written;

    /// <param name="frame">[H,W,3] in [0,1]; not needed after the call.</param> <param name="cancellation">Ends the wait.</param>
    public void Add(ReadOnlySpan<float> frame, CancellationToken cancellation)
    {
        var encoder = busy.Count < most ? new PngEncoder(shape.Width, shape.Height) : WriteOldest(cancellation);
        encoder.Take(frame);
        busy.Enqueue((encoder, Task.Run(encoder.Compress, CancellationToken.None)));
    }

    /// <summary>Writes what is still being compressed.</summary>
    public void Drain(CancellationToken cancellation)
    {
        while (busy.Count > 0)
            WriteOldest(cancellation);
    }

    private PngEncoder WriteOldest(CancellationToken cancellation)
    {
        var (encoder, work) = busy.Dequeue();
        work.WaitAsync(cancellation).GetAwaiter().GetResult();
        write(written++, encoder.Image);
        return encoder;
    }
}
