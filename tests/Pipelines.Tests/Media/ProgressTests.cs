using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class ProgressTests
{
    public static TheoryData<string> Endings => [".png", "/", ".y4m", ".safetensors", ".mp4", ".gif"];

    [Theory]
    [MemberData(nameof(Endings))]
    public void Each_frame_that_is_written_is_told(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(7, 16, 16);
        var told = new List<(int, int)>();
        var options = new VideoOptions { Progress = new Listener(told) };
        video.Save(folder["clip"] + ending, TestVideos.Rate, options, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 7).Select(done => (done, 7)), told);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData("/")]
    public void The_bytes_do_not_depend_on_the_number_of_threads(string ending)
    {
        using var folder = new TestFolder();
        var video = TestVideos.Noise(11, 33, 47);
        int[] counts = [1, 2, 3, 16];
        foreach (int threads in counts)
        {
            video.Save(
                folder[threads + ending], TestVideos.Rate, new VideoOptions { Threads = threads, Metadata = TestVideos.Metadata },
                TestContext.Current.CancellationToken);
        }
        Assert.Single(counts.Select(threads => Convert.ToHexString(Bytes(folder[threads + ending]))).Distinct());
    }

    private static byte[] Bytes(string path) =>
        Directory.Exists(path) ? [.. Directory.GetFiles(path).Order().SelectMany(File.ReadAllBytes)] : File.ReadAllBytes(path);

    private sealed class Listener(List<(int, int)> told) : IProgress<(int Done, int Total)>
    {
        public void Report((int Done, int Total) value) => told.Add(value);
    }
}
