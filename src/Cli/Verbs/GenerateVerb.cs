using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>generate</c>: a prompt goes in, a video comes out.</summary>
internal static class GenerateVerb
{
    public static Command Create(Terminal terminal)
    {
        var options = new GenerateOptions();
        Command command = options.ToCommand("generate", "Make a video of what a prompt says");
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(terminal, parsed, options, cancellation)));
        return command;
    }

    private static int Run(Terminal terminal, ParseResult parsed, GenerateOptions options, CancellationToken cancellation)
    {
        RequestReader asked = RequestReader.Read(parsed, options);
        IReadOnlyList<GenerateJob> jobs = GenerateJobs.List(parsed, options, asked);
        var shard = Shard.Read(parsed, options);
        if (shard is null)
            GenerateChecks.CheckFiles(parsed, options, jobs);
        GenerateChecks.CheckInputs(parsed, options, asked);
        ComputeOptions compute = options.Parts.Over(options.Device.Read(terminal, parsed, kept: asked.Compute), parsed) with
        {
            Graph = CommonOptions.Choice<GraphUse>(parsed, options.Graph) ?? GraphUse.Auto,
            CheckFinite = CommonOptions.Choice<FiniteChecks>(parsed, options.CheckFinite) ?? FiniteChecks.First,
        };
        using var pipeline = CogVideoXPipeline.Open(asked.Model, compute, asked.Loras, asked.Parts);
        var checks = new GenerateChecks(terminal, pipeline, RunEstimate.For(compute));
        using VideoInput? video = VideoInput.Open(asked, pipeline);
        if (video is not null)
            jobs = VideoInput.With(jobs, video.Expected);
        if (shard is not null)
        {
            jobs = shard.Undone(shard.Of(jobs), pipeline, terminal);
            GenerateChecks.CheckFiles(parsed, options, jobs);
        }
        if (jobs.Count == 0)
            return Done(terminal, parsed, options, []);
        IReadOnlyList<GenerationPlan> plans = checks.Plan(jobs);
        if (compute.Device is not null)
            terminal.Say($"on {pipeline.DeviceName}, activations in {TypesOf(pipeline)}.");
        else if (pipeline.CpuCompute is not null)
            terminal.Say($"on {pipeline.DeviceName}.");
        if (video is not null)
        {
            VideoClip clip = video.Read(cancellation);
            terminal.Say(video.Summary(clip));
            jobs = VideoInput.With(jobs, clip);
            plans = checks.Plan(jobs); // fewer frames may have come than the file says it has
        }
        jobs = checks.Say(parsed, options, jobs, plans);
        return Make(terminal, parsed, options, pipeline, jobs, cancellation);
    }

    private static string TypesOf(CogVideoXPipeline pipeline)
    {
        string text = Other("text encoder", pipeline.TextEncoderType), vae = Other("VAE", pipeline.VaeType);
        return $"{pipeline.ActivationType.Name}{text}{vae}";

        string Other(string part, DType type) => type == pipeline.ActivationType ? "" : $", the {part}'s in {type.Name}";
    }

    private static int Make(
        Terminal terminal, ParseResult parsed, GenerateOptions options, CogVideoXPipeline pipeline, IReadOnlyList<GenerateJob> jobs,
        CancellationToken cancellation)
    {
        var reports = new List<GenerateReport>();
        try
        {
            foreach ((int index, GenerateJob job) in jobs.Index())
            {
                if (jobs.Count > 1)
                    terminal.Say($"video {index + 1} of {jobs.Count}: {job.Title} (seed {job.Seed})");
                GenerateReport report = Make(terminal, pipeline, job, first: index == 0, cancellation);
                reports.Add(report);
                if (!parsed.GetValue(options.Json) && !job.GoesToStandardOutput)
                    terminal.Output.WriteLine(report.Output);
            }
        }
        finally
        {
            Done(terminal, parsed, options, reports); // of those that were made, too, where a later one failed
        }
        return ExitCode.Done;
    }

    private static int Done(Terminal terminal, ParseResult parsed, GenerateOptions options, List<GenerateReport> reports)
    {
        if (parsed.GetValue(options.Json))
            terminal.WriteJson(reports);
        return ExitCode.Done;
    }

    // Of the program, up to the first video: reading the command, the model's configs and headers, and the plan.
    private static double SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return (DateTime.Now - process.StartTime).TotalSeconds;
    }

    private static GenerateReport Make(
        Terminal terminal, CogVideoXPipeline pipeline, GenerateJob job, bool first, CancellationToken cancellation)
    {
        var seconds = new OrderedDictionary<string, double>();
        if (first)
            seconds["start"] = SinceStart();
        using var file = new VideoFile(
            job.Output, settings => job.Writing with { Metadata = job.Metadata(settings, pipeline) });
        (string output, GenerationSummary run) = ProgressDisplay.Run(
            terminal, progress => VideoWriter.Make(pipeline, job, file, progress, cancellation));
        foreach (string problem in new[] { run.LatentsProblem, run.StateProblem, run.PreviewProblem, run.Graph?.Problem }.OfType<string>())
            terminal.Warn(problem);
        ResumeOptions.Remove(terminal, job.Files.KeepState);
        foreach (StageTime time in run.Times)
            seconds[time.Stage] = time.Elapsed.TotalSeconds;
        seconds[GenerationStage.Decode] -= file.WithinDecoding.TotalSeconds;
        seconds["write"] = file.Elapsed.TotalSeconds;
        GenerationMetadata metadata = job.Metadata(run.Settings, pipeline);
        using var process = Process.GetCurrentProcess();
        var report = new GenerateReport(
            output, run.LatentsProblem is null && job.Files.SaveLatents is { } latents ? Path.GetFullPath(latents) : null,
            metadata.Prompt, metadata.NegativePrompt, metadata.Seed, metadata.Settings, seconds, process.PeakWorkingSet64)
        {
            Cache = run.Cache,
            Weights = run.Weights,
            Graph = run.Graph,
        };
        IEnumerable<string> times = seconds.Select(entry => $"{entry.Key} {ProgressDisplay.Duration(TimeSpan.FromSeconds(entry.Value))}");
        string cache = run.Cache is { } use ? $"; the cache served {use.Reusing} of {Counted.Of(use.Evaluations, "step")}" : "";
        terminal.Say($"{string.Join(", ", times)}; peak memory {ByteSize.ToText(report.PeakMemoryBytes)}{cache}");
        return report;
    }
}

/// <summary>What <c>generate --json</c> prints of a video.</summary>
/// <param name="Output">The file, as a full path.</param>
/// <param name="Latents">The file that keeps its latents, as a full path, or null.</param>
/// <param name="Prompt">What it shows.</param>
/// <param name="NegativePrompt">What it doesn't.</param>
/// <param name="Seed">Where its noise began.</param>
/// <param name="Settings">Everything else that it was made with.</param>
/// <param name="Seconds">What each stage took; of the first video also what went before it, from the start of the program.</param>
/// <param name="PeakMemoryBytes">The most memory that the process has held so far, mapped weights included.</param>
internal sealed record GenerateReport(
    string Output, string? Latents, string Prompt, string NegativePrompt, ulong Seed, IReadOnlyDictionary<string, JsonNode?> Settings,
    IReadOnlyDictionary<string, double> Seconds, long PeakMemoryBytes)
{
    /// <summary>How many of the model's evaluations took parts from one before; null without a cache.</summary>
    public StepCacheUse? Cache { get; init; }

    /// <summary>Where weights lay on the device; null where they were read from mapped files.</summary>
    public WeightPlacement? Weights { get; init; }

    /// <summary>What of sampling was recorded and replayed; null where each operation was launched on its own.</summary>
    public GraphRun? Graph { get; init; }
}
