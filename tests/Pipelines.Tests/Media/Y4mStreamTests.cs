using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class Y4mStreamTests
{
    private static readonly VideoFrames Video = TestVideos.Noise(5, 16, 24);

    [Fact]
    public void A_stream_gets_the_bytes_of_the_file_and_stays_open()
    {
        using var folder = new TestFolder();
        Video.SaveAs(folder["clip.y4m"], TestVideos.Rate);
        var stream = new MemoryStream();
        Video.WriteY4m(stream, TestVideos.Rate, cancellation: TestContext.Current.CancellationToken);
        Assert.True(stream.CanWrite);
        Assert.Equal(File.ReadAllBytes(folder["clip.y4m"]), stream.ToArray());
    }

    [Fact]
    public void A_reader_that_ends_early_is_said_plainly()
    {
        using var server = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        using (var client = new System.IO.Pipes.AnonymousPipeClientStream(System.IO.Pipes.PipeDirection.In, server.ClientSafePipeHandle))
            client.Dispose();
        var error = Assert.Throws<OutputException>(() =>
        {
            for (int i = 0; i < 100; i++)
                Video.WriteY4m(server, TestVideos.Rate, cancellation: TestContext.Current.CancellationToken);
        });
        Assert.Equal("the program that reads the video ended before it had all of it", error.Message);
    }

    [Fact]
    public void A_full_disk_behind_the_stream_is_said()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full");
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var error = Assert.Throws<OutputException>(
            () => Video.WriteY4m(full, TestVideos.Rate, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("the disk is full", error.Message);
    }

    [Fact]
    public void A_sink_to_a_stream_has_no_place()
    {
        using var sink = VideoSink.OpenY4m(new MemoryStream(), TestVideos.Shape(Video));
        for (int i = 0; i < Video.Count; i++)
            sink.Write(Video.Frame(i).Span, TestContext.Current.CancellationToken);
        sink.Complete(TestContext.Current.CancellationToken);
        Assert.Null(sink.Location);
    }
}
