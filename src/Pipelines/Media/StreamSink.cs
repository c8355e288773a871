namespace CogVideoX.Pipelines.Media;

/// <summary>A sink that writes one file itself.</summary>
internal abstract class StreamSink(OutputTarget target, VideoShape shape, VideoOptions options) : FileSink(target, shape, options)
{
    private FileStream? file;

    protected Stream Output => file!;

    protected abstract void WriteHeader();

    protected virtual void WriteTrailer(CancellationToken cancellation) { }

    private protected sealed override void Start()
    {
        file = new FileStream(Target.TemporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        WriteHeader();
    }

    private protected sealed override void Finish(CancellationToken cancellation)
    {
        WriteTrailer(cancellation);
        Output.Dispose();       // here and not only in Release, so that what the last flush says is heard
    }

    private protected sealed override void Release()
    {
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // The sink is being given up: disposing flushes what a full disk has refused already.
        }
    }
}
