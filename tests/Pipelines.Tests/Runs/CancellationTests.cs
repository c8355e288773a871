using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>A run stops within a step, keeps what was asked for, and nothing else.</summary>
public sealed class CancellationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);
    private readonly CancellationTokenSource source = new();

    private GenerationRequest Request => TestModels.Quick with
    {
        Steps = 3,
        Frames = 17,
    };

    private GenerationFiles Files => new()
    {
        SaveLatents = folder.File("latents.safetensors"),
        Trace = folder.File("trace.safetensors"),
    };

    public void Dispose()
    {
        pipeline.Dispose();
        source.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void BeforeTheStart()
    {
        source.Cancel();
        CancelledException stopped = Stop(_ => false);
        Assert.Equal((GenerationStage.Encode, 0, null), (stopped.Stage, stopped.FinishedSteps, stopped.SavedLatents));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void WhileThePromptIsEncoded()
    {
        CancelledException stopped = Stop(progress => progress is { Stage: GenerationStage.Encode, Fraction: > 0 and < 1 });
        Assert.Equal((GenerationStage.Encode, 0, null), (stopped.Stage, stopped.FinishedSteps, stopped.SavedLatents));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void InTheFirstStepThereIsNothingToKeep()
    {
        CancelledException stopped = Stop(progress => progress is { Stage: GenerationStage.Sample, Fraction: > 0 });
        Assert.Equal((GenerationStage.Sample, 0, null), (stopped.Stage, stopped.FinishedSteps, stopped.SavedLatents));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void WithinAStepTheLatentsOfTheLastOneAreKept()
    {
        CancelledException stopped = Stop(
            progress => progress is { Stage: GenerationStage.Sample, Step: 1 } && progress.Fraction > 1.25 / 3);
        Assert.Equal((GenerationStage.Sample, 1, Files.SaveLatents), (stopped.Stage, stopped.FinishedSteps, stopped.SavedLatents));
        Assert.Contains(Files.SaveLatents!, stopped.Message);
        Assert.Equal(["latents.safetensors", "trace.safetensors"], folder.Names);
        Assert.Equal(LatentsAfter(step: 0), Latents(Files.SaveLatents!, "latents"));
    }

    [Fact]
    public void WithinAStepNothingIsKeptUnlessAskedFor()
    {
        CancelledException stopped = Stop(progress => progress is { Stage: GenerationStage.Sample, Step: 1 }, GenerationFiles.None);
        Assert.Equal((1, null), (stopped.FinishedSteps, stopped.SavedLatents));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void TheTraceHoldsTheStepsThatWereDone()
    {
        Stop(progress => progress is { Stage: GenerationStage.Sample, Step: 2 });
        using SafetensorsFile trace = SafetensorsFile.Open(Files.Trace!);
        Assert.Equal(["latents.0", "latents.1", "negative_prompt_embeds", "prompt_embeds"], trace.Names.Order(StringComparer.Ordinal));
        Assert.Equal(LatentsAfter(step: 1), trace["latents.1"].ToFloats());
    }

    [Fact]
    public void WhileDecodingTheFinishedLatentsAreKept()
    {
        CancelledException stopped = Stop(progress => progress is { Stage: GenerationStage.Decode, Fraction: > 0 and < 1 });
        Assert.Equal((GenerationStage.Decode, 3, Files.SaveLatents), (stopped.Stage, stopped.FinishedSteps, stopped.SavedLatents));
        Assert.Equal(LatentsAfter(step: 2), Latents(Files.SaveLatents!, "latents"));
    }

    [Fact]
    public void StoppedPipelineRunsAgainWithTheSameResult()
    {
        float[] expected = pipeline.Generate(Request, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray();
        Stop(progress => progress is { Stage: GenerationStage.Sample, Step: 2 }, GenerationFiles.None);
        Assert.Equal(0, pipeline.LiveTensors);
        Assert.Equal(expected, pipeline.Generate(Request, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray());
    }

    [Fact]
    public async Task AsyncRunIsStoppedToo()
    {
        var watch = new Watch(progress => CancelIf(progress.Stage == GenerationStage.Sample));
        await Assert.ThrowsAsync<CancelledException>(() => pipeline.GenerateAsync(TestModels.Quick, watch, source.Token));
    }

    // Runs until the moment comes, cancels then, and sees that nothing more is begun.
    private CancelledException Stop(Func<GenerationProgress, bool> moment, GenerationFiles? files = null)
    {
        var watch = new Watch(progress =>
        {
            Assert.False(source.IsCancellationRequested, $"the run went on to {progress}");
            CancelIf(moment(progress));
        });
        return Assert.Throws<CancelledException>(() => pipeline.Generate(Request, files ?? Files, watch, source.Token));
    }

    private void CancelIf(bool now)
    {
        if (now)
            source.Cancel();
    }

    private float[] LatentsAfter(int step)
    {
        using var whole = CogVideoXPipeline.Open(TestModels.Tiny2b);
        var files = new GenerationFiles { Trace = folder.File("whole.safetensors") };
        whole.Generate(Request, files, cancellation: TestContext.Current.CancellationToken);
        return Latents(files.Trace, $"latents.{step}");
    }

    private static float[] Latents(string path, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file[name].ToFloats();
    }
}
