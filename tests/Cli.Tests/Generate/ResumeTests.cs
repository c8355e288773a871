using CogVideoX.Cli.Tests.Running;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Programs that are killed at any step, and go on: the same files as of one that nobody stopped.</summary>
public sealed class ResumeTests(ITestOutputHelper output) : IDisposable
{
    private const string State = "run.state";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> Runs()
    {
        var runs = new TheoryData<string, string>();
        foreach (string task in new[] { "text", "image", "video" })
        {
            foreach (string sampler in new[] { "ddim", "dpm", "unipc", "heun" })
                runs.Add(task, sampler);
        }
        return runs;
    }

    // Killed, gone on with, killed again, and gone on with from another folder.
    [Theory]
    [MemberData(nameof(Runs))]
    public async Task KilledAtRandomStepsItEndsWithTheSameFile(string task, string sampler)
    {
        string[] run = [.. TaskOf(task), "--sampler", sampler, "--steps", "60"];
        await CliRun.Done([.. run, "-o", folder.File("whole.safetensors")]);
        int first = await Kill(1, [.. run, "-o", "clip.safetensors", "--keep-state", State]);
        int second = await Kill(first + 1, ["generate", "--resume", State, "-o", "clip.safetensors"]);
        output.WriteLine($"killed before steps {first} and {second}");
        string[] left = [.. folder.Names.Where(name => name != "input" && !name.StartsWith(".cogvideox-", StringComparison.Ordinal))];
        Assert.Equal([State, "whole.safetensors"], left);
        CliRun rest = await CliRun.Done("generate", "--resume", folder.File(State), "-o", folder.File("clip.safetensors"));
        Assert.Equal([folder.File("clip.safetensors")], rest.Lines);
        Assert.Equal(File.ReadAllBytes(folder.File("whole.safetensors")), File.ReadAllBytes(folder.File("clip.safetensors")));
        Assert.False(File.Exists(folder.File(State)), "The state stays beside the video.");
    }

    [Fact]
    public async Task AnInterruptedRunSaysHowToGoOn()
    {
        using var source = new CancellationTokenSource();
        string state = folder.File(State);
        string[] args = ["generate", "a cat", "--steps", "1000", "-o", folder.File("clip.png"), "--keep-state", state];
        var task = Task.Run(() => CliRun.Until(source.Token, args), TestContext.Current.CancellationToken);
        while (!File.Exists(state) && !task.IsCompleted)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await source.CancelAsync();
        CliRun run = await task;
        Assert.Equal(ExitCode.Interrupted, run.Code);
        Assert.Contains($"the run's state is in {state}. (cogvideox generate --resume {state})", run.Error);
        Assert.Equal([State], folder.Names);
    }

    [Fact]
    public async Task AnotherFileForTheStateLeavesTheFirst()
    {
        string state = await Stopped();
        byte[] before = File.ReadAllBytes(state);
        await CliRun.Done(
            "generate", "--resume", state, "--model", CliRun.Tiny, "--keep-state", folder.File("other.state"), "-o",
            folder.File("clip.png"));
        Assert.Equal(["clip.png", State], folder.Names);
        Assert.Equal(before, File.ReadAllBytes(state));
        Assert.Equal("a cat", VideoMetadata.Read(folder.File("clip.png")).Prompt);
    }

    [Fact]
    public async Task WhatWouldChangeTheRunIsRefusedByName()
    {
        string state = await Stopped(), clip = folder.File("clip.png");
        await Fails("--steps: the run was begun with '2'", "--steps", "3");
        await Fails("--seed: the run was begun with '42'", "--seed", "1");
        await Fails("prompt: the run was begun with 'a cat'", "a dog");
        await Fails("--sampler: the run was begun with 'ddim'", "--sampler", "euler");
        await Fails("--image: ", "--image", clip);
        await Fails("--video: ", "--video", clip);
        await Fails("--init-latents: ", "--init-latents", clip);
        await Fails("--from: ", "--from", clip);
        await Fails("--num-videos: ", "--num-videos", "2");
        await Fails("--prompt-file: ", "--prompt-file", clip);
        await Fails("--generator: ", "--generator", "each");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--resume", state, "-o", clip, "--model", Golden.Path("checkpoints/5b")],
            "--resume: the run was begun with another model ('2b')");
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "--resume", state, "-o", clip], "--resume: ", "name its folder with --model");
        Assert.Equal([State], folder.Names);

        Task Fails(string says, params string[] more) =>
            CliRun.Fails(ExitCode.WrongUsage, ["generate", "--resume", state, "--model", CliRun.Tiny, "-o", clip, .. more], says);
    }

    // Not a setting of the state's, which nobody gave.
    [Fact]
    public async Task AnotherModelIsNamedEvenIfItCantDoTheRunsSettings()
    {
        string state = await Stopped(Golden.Path("checkpoints/5b"), tokens: 20);
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--resume", state, "-o", folder.File("clip.png"), "--model", CliRun.Tiny],
            "--resume: the run was begun with another model ('5b')");
    }

    [Fact]
    public async Task WhatIsNoStateIsRefused()
    {
        string text = folder.File("notes.txt");
        File.WriteAllText(text, "no state");
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "--resume", text], "--resume: ", "notes.txt");
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "--resume", folder.File("missing")], "--resume: ", "doesn't exist");
        string latents = folder.File("latents.safetensors");
        await CliRun.Done(
            "generate", "a cat", "--model", CliRun.Tiny, "--steps", "1", "--save-latents", latents, "-o", folder.File("a.png"));
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "--resume", latents], "--resume: ", "as --keep-state keeps it");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "a cat", "--keep-state", latents, "-o", folder.File("b.png")], "--keep-state: ", "exists");
    }

    // The state after the first of two steps.
    private async Task<string> Stopped(string? model = null, int? tokens = null)
    {
        string state = folder.File(State);
        using var pipeline = CogVideoXPipeline.Open(model ?? CliRun.Tiny);
        var request = new GenerationRequest("a cat") { Steps = 2, MaxSequenceLength = tokens };
        using var source = new CancellationTokenSource();
        var files = new GenerationFiles { KeepState = state }; // of the library, which knows no paths
        var stop = new StopAfterTheFirstStep(source);
        await Assert.ThrowsAsync<CancelledException>(() => Task.Run(
            () => pipeline.Generate(request, files, stop, source.Token), CancellationToken.None));
        return state;
    }

    private sealed class StopAfterTheFirstStep(CancellationTokenSource source) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value)
        {
            if (value is { Stage: GenerationStage.Sample, Step: 1 })
                source.Cancel();
        }
    }

    // Starts the program, and kills it some time after it kept a state from there on; says which it left.
    private async Task<int> Kill(int earliest, string[] args)
    {
        int target = earliest + Random.Shared.Next(12);
        using ProgramRun program = ProgramRun.Start(folder.Path, args);
        for (int next = 0; next < target;)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
            next = File.Exists(folder.File(State)) ? NextStep() : 0;
        }
        program.Kill();
        CliRun run = await program.EndAsync();
        Assert.NotEqual(ExitCode.Done, run.Code);
        Assert.False(File.Exists(folder.File("clip.safetensors")), "The program had ended before it was killed.");
        return NextStep();
    }

    // A folder of nine pictures.
    private string Clip(string picture)
    {
        string clip = folder.File("input");
        Directory.CreateDirectory(clip);
        for (int i = 1; i <= 9; i++)
            File.Copy(picture, Path.Combine(clip, $"{i:D4}.png"));
        return clip;
    }

    private int NextStep() => ResumeState.Load(folder.File(State)).NextStep;

    private string[] TaskOf(string task)
    {
        string picture = Golden.Path("pipeline/i2v-1.5.png");
        string[] small = ["--width", "48", "--height", "32", "--frames", "9"];
        return task switch
        {
            "image" => ["generate", "a cat", "--model", Golden.Path("checkpoints/1.5-i2v"), .. small, "--image", picture],
            "video" => ["generate", "a cat", "--model", Golden.Path("checkpoints/5b"), .. small, "--video", Clip(picture)],
            _ => ["generate", "a cat", "--model", CliRun.Tiny],
        };
    }
}
