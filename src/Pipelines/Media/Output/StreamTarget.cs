namespace CogVideoX.Pipelines.Media;

/// <summary>A stream of the caller's, such as standard output: it is neither named nor closed.</summary>
internal sealed class StreamTarget : IVideoTarget
{
    public void Begin() { }

    public string? Publish() => null;

    public void Discard() { }

    public OutputException? Explain(Exception exception) => exception switch
    {
        _ when OutputErrors.IsBrokenPipe(exception) =>
            new("the program that reads the video ended before it had all of it", inner: exception),
        _ when OutputErrors.IsDiskFull(exception) => new("the video can't be written to the stream: the disk is full", inner: exception),
        IOException => new($"the video can't be written to the stream: {exception.Message}", inner: exception),
        _ => null,
    };
}
