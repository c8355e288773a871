using CogVideoX.Cli.Tests.Running;
using CogVideoX.Cli.Verbs;
using CogVideoX.Pipelines;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>What is said and decided before the first video is begun.</summary>
public sealed class GenerateChecksTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1e9, true)]     // a machine on which the run takes hours
    [InlineData(1e15, false)]   // and one on which it is over at once
    public void ALongRunIsToldBeforeAndKeepsItsLatents(double peakFlops, bool isLong)
    {
        (IReadOnlyList<GenerateJob> jobs, string said) = Check(
            peakFlops, "a red circle", "--steps", "1000", "--width", "512", "--height", "512", "-o", folder.File("clip.png"));
        Assert.Equal(isLong ? folder.File("clip.latents.safetensors") : null, jobs[0].Files.SaveLatents);
        Assert.Equal(isLong, said.Contains("This takes about "));
        Assert.Equal(isLong, said.Contains($"the latents are kept in {folder.File("clip.latents.safetensors")}"));
        Assert.Empty(folder.Names);
    }

    // Told where it saves ten seconds or more, and where it wouldn't be another video than was asked for.
    [Theory]
    [InlineData(1e9, 1.8, false, true)]
    [InlineData(1e9, 1, false, false)]
    [InlineData(1e15, 1.8, false, false)]
    [InlineData(1e9, 1.8, true, false)]
    public void WhatBf16WouldSaveIsTold(double peakFlops, double gain, bool repeats, bool isTold)
    {
        string[] from = [];
        if (repeats)
        {
            Generate("a cat");
            from = ["--from", folder.File("made.png")];
        }
        string said = Check(peakFlops, gain, ["a cat", "--steps", "1000", "--width", "512", "--height", "512", .. from]).Said;
        Assert.Equal(
            isTold, said.Contains("--compute bf16 would be about 1.8 times as fast here; the video differs a little.\n"));
    }

    [Fact]
    public void WhereATypeWasChosenNothingIsAdvised()
    {
        Assert.Contains(RunEstimate.For(new ComputeOptions()).GainOfBf16, new[] { 1, 1.8 }); // by processor
        foreach (ComputeType chosen in new[] { ComputeType.Fp32, ComputeType.Bf16, ComputeType.Auto })
            Assert.Equal(1, RunEstimate.For(new ComputeOptions { Compute = chosen }).GainOfBf16);
    }

    [Fact]
    public void LatentsThatAreThereAreNotReplacedByThoseThatNobodyAskedFor()
    {
        File.WriteAllText(folder.File("clip.latents.safetensors"), "mine");
        Assert.Equal(folder.File("clip-2.latents.safetensors"), GenerateJobs.LatentsBeside(folder.File("clip.png")));
    }

    [Fact]
    public void OptionsWithoutEffectAreNamed()
    {
        string latents = folder.File("start.safetensors");
        Generate("a cat", "--save-latents", latents);
        string said = Check(
            1e15, "a cat", "--init-latents", latents, "--seed", "7", "--dtype", "fp16", "--num-videos", "2",
            "--guidance-scale", "1", "--dynamic-cfg", "on").Said;
        Assert.Contains("--seed has no effect", said);
        Assert.Contains("--dtype has no effect", said);
        Assert.Contains("--dynamic-cfg has no effect", said);
        Assert.Contains("all videos of a prompt will be the same", said);
        Assert.DoesNotContain("no effect", Check(1e15, "a cat", "--init-latents", latents, "--seed", "7", "--sampler", "dpm").Said);
        Assert.DoesNotContain("no effect", Check(1e15, "a cat", "--init-latents", latents, "--seed", "7", "--sampler", "lcm").Said);
        said = Check(1e15, "a cat", "--init-latents", latents, "--seed", "7", "--sampler", "unipc").Said;
        Assert.Contains("--seed has no effect: the noise comes from --init-latents, and the unipc sampler draws none.", said);
    }

    [Fact]
    public void SeedsThatGoOnFromZeroAreSaid()
    {
        Assert.Contains("later videos go on from 0", Check(1e15, "a cat", "--seed", $"{ulong.MaxValue}", "--num-videos", "2").Said);
        Assert.DoesNotContain("go on from 0", Check(1e15, "a cat", "--seed", $"{ulong.MaxValue}").Said);
    }

    [Fact]
    public void AWarningThatSeveralVideosShareIsSaidOnce() =>
        Assert.Equal(1, Check(1e15, "a cat", "--frames", "17", "--num-videos", "3").Said.Split("17 frames are more").Length - 1);

    private void Generate(params string[] args)
    {
        string[] all = ["generate", .. args, "--model", CliRun.Tiny, "--steps", "1", "-o", folder.File("made.png")];
        Assert.Equal(0, CliRun.Done(all).GetAwaiter().GetResult().Code);
    }

    private static (IReadOnlyList<GenerateJob> Jobs, string Said) Check(double peakFlops, params string[] args) =>
        Check(peakFlops, 1, args);

    private static (IReadOnlyList<GenerateJob> Jobs, string Said) Check(double peakFlops, double gain, string[] args)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var options = new GenerateOptions();
        var parsed = options.ToCommand("generate", "").Parse([.. args, "--model", CliRun.Tiny]);
        RequestReader asked = RequestReader.Read(parsed, options);
        using var pipeline = CogVideoXPipeline.Open(asked.Model, threads: 1);
        var estimate = new RunEstimate(() => peakFlops) { GainOfBf16 = gain };
        var checks = new GenerateChecks(new Terminal(TextWriter.Null, error), pipeline, estimate);
        IReadOnlyList<GenerateJob> jobs = GenerateJobs.List(parsed, options, asked);
        return (checks.Say(parsed, options, jobs, checks.Plan(jobs)), error.ToString());
    }
}
