using System.Text.RegularExpressions;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Cli.Verbs;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>A video that can't be written after all: what was computed is kept, and the message says where.</summary>
public sealed partial class UnwritableVideoTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(CliRun.Tiny, threads: 1);

    public void Dispose()
    {
        pipeline.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void LatentsAreKeptBesideTheVideo()
    {
        File.WriteAllText(folder.File("clip.png"), "came while the video was made");
        Assert.Equal(folder.File("clip.latents.safetensors"), Fail(folder.File("clip.png")));
        Assert.Equal("came while the video was made", File.ReadAllText(folder.File("clip.png")));
    }

    [Fact]
    public void WhereNothingCanBeWrittenThereTheyAreKeptInTheTemporaryFolder()
    {
        string kept = Fail(folder.File("gone/clip.png"));
        Assert.StartsWith(Path.GetTempPath(), kept);
        File.Delete(kept);
    }

    // Returns the file of the latents, which decodes to the frames that were lost.
    private string Fail(string output)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var request = new GenerationRequest("a red circle") { Steps = 1 };
        GenerationResult result = pipeline.Generate(request, cancellation: cancellation);
        var job = new GenerateJob(
            request, RunInputs.None, GenerationFiles.None, output, new VideoOptions(), Line: null, SeedWrapped: false);
        using var file = new VideoFile(output, _ => job.Writing);
        string message = Assert.Throws<IOException>(() => VideoWriter.Make(pipeline, job, file, null, cancellation)).Message;
        string kept = Kept().Match(message).Groups[1].Value;
        using var decoder = VideoDecoder.Open(CliRun.Tiny, threads: 1);
        Assert.Equal(result.Video.Data.ToArray(), decoder.Decode(kept, TilingMode.Off, cancellation: cancellation).Data.ToArray());
        return kept;
    }

    [GeneratedRegex("[^.][.] The latents are in (.+); `cogvideox decode ")]
    private static partial Regex Kept();
}
