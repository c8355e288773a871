using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

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
        (string model, GenerationRequest request) = RequestReader.Read(parsed, options);
        IReadOnlyList<GenerateJob> jobs = GenerateJobs.List(parsed, options, request);
        bool overwrite = parsed.GetValue(options.Overwrite);
        using var pipeline = TextToVideo.Open(model, CommonOptions.CheckThreads(parsed.GetValue(options.Threads)));
        CheckFiles(jobs, overwrite);
        foreach (GenerateJob job in jobs)
            Check(terminal, pipeline, job, overwrite, jobs.Count == 1);
        if (VideoFormats.DefaultExtension() == ".png" && parsed.GetValue(options.Output) is null)
            terminal.Say("ffmpeg isn't on PATH, so the video becomes an animated PNG; with ffmpeg it would be an .mp4.");
        foreach ((int index, GenerateJob job) in jobs.Index())
        {
            if (jobs.Count > 1)
                terminal.Say($"video {index + 1} of {jobs.Count}: {job.Request.Prompt} (seed {job.Request.Seed})");
            var seconds = new OrderedDictionary<string, double>();
            if (index == 0)
                seconds["start"] = SinceStart();
            GenerateReport report = Make(terminal, pipeline, job, seconds, overwrite, cancellation);
            terminal.Output.WriteLine(parsed.GetValue(options.Json) ? JsonSerializer.Serialize(report, JsonStyle.Options) : report.Output);
        }
        return ExitCode.Done;
    }

    // Videos look after themselves (VideoSink); what else stands in the way, or would be written twice, is found here.
    private static void CheckFiles(IReadOnlyList<GenerateJob> jobs, bool overwrite)
    {
        var named = new HashSet<string>();
        foreach ((string option, string path) in jobs.SelectMany(job => job.Files))
        {
            if (!named.Add(Path.GetFullPath(path)))
                throw new UsageException(option, $"{path} is written by this command already; name another file.");
            if (option != "--output" && !overwrite && File.Exists(path))
                throw new UsageException(option, $"{path} exists; choose another name, or give --overwrite to replace it.");
        }
    }

    // All that can be refused is refused before the first video is begun.
    private static void Check(Terminal terminal, TextToVideo pipeline, GenerateJob job, bool overwrite, bool announce)
    {
        GenerationPlan plan = Plan(pipeline, job);
        GenerationSettings settings = plan.Settings;
        VideoSink.Check(job.Output, new VideoShape(settings.Frames, settings.Height, settings.Width, settings.Rate), settings.ToMetadata(BundledModel.NameOf(pipeline.ModelPath), job.Request.InitLatents), overwrite);
        foreach (string warning in plan.Warnings)
            terminal.Warn(job.Line is { } line ? $"line {line}: {warning}" : warning);
        if (announce)
            terminal.Say(InspectVerb.Describe(settings) + ".");
    }

    private static GenerationPlan Plan(TextToVideo pipeline, GenerateJob job)
    {
        try
        {
            return pipeline.Plan(job.Request);
        }
        catch (RequestException exception) when (exception.Property == nameof(GenerationRequest.Prompt) && job.Line is not null)
        {
            throw new UsageException("--prompt-file", $"line {job.Line}: {exception.Problem}", exception);
        }
    }

    // Of the program, up to the first video: reading the command, the model's configs and headers, and the plan.
    private static double SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return (DateTime.Now - process.StartTime).TotalSeconds;
    }

    private static GenerateReport Make(
        Terminal terminal, TextToVideo pipeline, GenerateJob job, OrderedDictionary<string, double> seconds, bool overwrite, CancellationToken cancellation)
    {
        GenerationResult result = ProgressDisplay.Run(terminal, progress => pipeline.Generate(job.Request, progress, cancellation));
        GenerationMetadata metadata = result.Settings.ToMetadata(BundledModel.NameOf(pipeline.ModelPath), job.Request.InitLatents);
        long began = Stopwatch.GetTimestamp();
        VideoWriter.Write(job.Output, result.Video, result.Settings.Rate, metadata, overwrite, cancellation);
        foreach (StageTime time in result.Times)
            seconds[time.Stage.ToString().ToLowerInvariant()] = time.Elapsed.TotalSeconds;
        seconds["write"] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        var report = new GenerateReport(Path.GetFullPath(job.Output), metadata.Prompt, metadata.NegativePrompt, metadata.Seed, metadata.Settings, seconds, process.PeakWorkingSet64);
        terminal.Say(string.Join(", ", seconds.Select(entry => $"{entry.Key} {ProgressDisplay.Duration(TimeSpan.FromSeconds(entry.Value))}"))
            + FormattableString.Invariant($"; peak memory {report.PeakMemoryBytes / 1e9:F2} GB"));
        return report;
    }
}
