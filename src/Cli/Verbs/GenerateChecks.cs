using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>All that can be refused is refused, and all that should be known is said, before the first video is begun.</summary>
internal sealed class GenerateChecks(Terminal terminal, CogVideoXPipeline pipeline, RunEstimate estimate)
{
    /// <summary>What stands in the way, or would be written twice; videos look after themselves (<see cref="VideoSink"/>).</summary>
    public static void CheckFiles(ParseResult parsed, GenerateOptions options, IReadOnlyList<GenerateJob> jobs)
    {
        bool overwrite = parsed.GetValue(options.Overwrite);
        string? goesOn = parsed.GetValue(options.Resume);
        var named = new HashSet<string>();
        foreach ((string option, string path) in jobs.SelectMany(job => job.NamedFiles))
        {
            if (!named.Add(Path.GetFullPath(path)))
                throw new UsageException(option, $"{path} is written by this command already; name another file.");
            if (option == "--keep-state" && goesOn is not null && SameFile.Are(path, goesOn))
                continue;
            if (option != "--output" && OutputChecks.NoFile(path) is { } problem)
                throw new UsageException(option, problem);
            if (option != "--output" && !overwrite && File.Exists(path))
                throw new UsageException(option, $"{path} exists; choose another name, or give --overwrite to replace it.");
            if (option != "--output" && jobs[0].Writing.Inputs.FirstOrDefault(input => SameFile.IsLost(path, input)) is { } input)
                throw new UsageException(option, CommonOptions.ReadAs(path, input));
        }
    }

    /// <summary>Refuses a count of frames beside what takes all frames of a video, and a colour behind no picture.</summary>
    public static void CheckInputs(ParseResult parsed, GenerateOptions options, RequestReader asked)
    {
        if (asked.Inputs.Image is null && parsed.GetValue(options.Inputs.Background) is not null)
            throw new UsageException("--background", "there is no picture that it would lie behind; give one, or leave it out.");
        if (asked.Settings.AnySize == true && asked.Inputs.Video is not null && parsed.GetValue(options.Frames) is not null)
            throw new UsageException("--frames", "with --any-size all frames of --video are taken; leave one of the two out.");
    }

    /// <summary>Plans all videos, and refuses what can't be made or written; says nothing.</summary>
    /// <exception cref="RequestException">Something that the model or this machine can't do.</exception>
    /// <exception cref="OutputException">A file that can't be written.</exception>
    public IReadOnlyList<GenerationPlan> Plan(IReadOnlyList<GenerateJob> jobs)
    {
        CheckPreview(jobs[0].Files);
        var plans = new GenerationPlan[jobs.Count];
        for (int i = 0; i < plans.Length; i++)
        {
            plans[i] = Plan(jobs[i]);
            CheckVideo(jobs[i], plans[i]);
        }
        return plans;
    }

    /// <summary>Says what should be known.</summary>
    /// <returns>The jobs as they will run: long ones keep their latents.</returns>
    public IReadOnlyList<GenerateJob> Say(
        ParseResult parsed, GenerateOptions options, IReadOnlyList<GenerateJob> jobs, IReadOnlyList<GenerationPlan> plans)
    {
        var said = new HashSet<string>(); // what several jobs have in common is said once
        TimeSpan whole = TimeSpan.Zero;
        GenerateJob[] checkedJobs = new GenerateJob[jobs.Count];
        for (int i = 0; i < jobs.Count; i++)
        {
            GenerationPlan plan = plans[i];
            foreach (string warning in plan.Warnings)
            {
                string text = jobs[i].Line is { } line ? $"line {line}: {warning}" : warning;
                if (said.Add(text))
                    terminal.Warn(text);
            }
            foreach (string note in plan.Notes.Where(said.Add))
                terminal.Say(note);
            TimeSpan time = estimate.Of(plan);
            whole += time;
            checkedJobs[i] = time > RunEstimate.Long ? KeepingLatents(jobs[i]) : jobs[i];
            SayFormat(jobs[i], plan.Video, said);
            if (i == 0)
                WarnOfNoEffect(parsed, options, jobs, plan.Settings);
            if (i == 0)
                SayFit(jobs[i].Request, plan.Settings);
            if (jobs.Count == 1)
                terminal.Say(InspectVerb.Describe(plan.Settings) + ".");
        }
        if (jobs[0].Writing.WhenTaken == WhenTaken.NextFreeName && VideoFormats.DefaultExtension() == ".png")
            terminal.Say("no working ffmpeg is on PATH, so the video becomes an animated PNG; with ffmpeg it would be an .mp4.");
        foreach (string preview in checkedJobs.Select(job => job.Files.Preview).OfType<string>())
            terminal.Say($"{preview} shows what is being sampled, a pixel for each latent.");
        SayTime(whole, checkedJobs);
        bool repeats = parsed.GetValue(options.From) is not null || parsed.GetValue(options.Resume) is not null;
        if (!repeats && whole - whole / estimate.GainOfBf16 >= RunEstimate.WorthSaving)
        {
            terminal.Say(FormattableString.Invariant(
                $"--compute bf16 would be about {estimate.GainOfBf16:0.#} times as fast here; the video differs a little."));
        }
        return checkedJobs;
    }

    // What becomes of the picture is never silent.
    private void SayFit(GenerationRequest request, GenerationSettings settings)
    {
        if (request.Image is not { } picture)
            return;
        string way = $"{picture.PlacementIn(new PixelSize(settings.Height ?? 0, settings.Width ?? 0), settings.Fit ?? ImageFit.Crop)}";
        if (way.Length > 0)
            terminal.Say($"the picture: {way}.");
    }

    private void CheckPreview(GenerationFiles files)
    {
        if (files.Preview is null && files.PreviewMap is not null)
            throw new UsageException("--preview-map", "it is for --preview; leave it out, or give that too.");
        if (files.Preview is null)
            return;
        if (File.Exists(files.MapOf(pipeline.ModelPath)))
            return;
        string command = $"cogvideox inspect {Shell.Quote(pipeline.ModelPath)} --fit-preview";
        throw new UsageException(
            files.PreviewMap is null ? "--preview" : "--preview-map",
            $"there is no {files.MapOf(pipeline.ModelPath)}, which says what the model's latents look like; `{command}` makes it.");
    }

    private GenerationPlan Plan(GenerateJob job)
    {
        try
        {
            return pipeline.Plan(job.Request, job.Files, streams: true);
        }
        catch (RequestException exception) when (exception.Property == nameof(GenerationRequest.Prompt) && job.Line is not null)
        {
            throw new UsageException("--prompt-file", $"line {job.Line}: {exception.Problem}", exception);
        }
    }

    private void CheckVideo(GenerateJob job, GenerationPlan plan)
    {
        if (!job.GoesToStandardOutput)
            VideoSink.Check(job.Output, plan.Video, job.Writing with { Metadata = job.Metadata(plan.Settings, pipeline) });
    }

    private void SayFormat(GenerateJob job, VideoShape shape, HashSet<string> said)
    {
        if (job.GoesToStandardOutput)
            return;
        if (VideoFormats.ForPath(job.Output).Note(shape, job.Writing.Encoding) is { } note && said.Add(note))
            terminal.Warn(note);
    }

    private static GenerateJob KeepingLatents(GenerateJob job) => job.Files.SaveLatents is not null
        ? job
        : job with { Files = job.Files with { SaveLatents = GenerateJobs.LatentsBeside(job.Stem) } };

    // Only the command line knows what was given and what is a default.
    private void WarnOfNoEffect(ParseResult parsed, GenerateOptions options, IReadOnlyList<GenerateJob> jobs, GenerationSettings settings)
    {
        SamplerTable sampler = SamplerTable.Of(settings.Sampler.Decided());
        bool drawsNoise = jobs[0].Inputs.InitLatents is null || sampler.DrawsNoise;
        string none = $"the noise comes from --init-latents, and the {sampler.Word} sampler draws none.";
        if (!drawsNoise && parsed.GetResult(options.Seed) is { Implicit: false })
            terminal.Warn($"--seed has no effect: {none}");
        if (!drawsNoise && parsed.GetResult(options.Dtype) is { Implicit: false })
            terminal.Warn($"--dtype has no effect: {none}");
        if (!drawsNoise && parsed.GetValue(options.NumVideos) > 1)
            terminal.Warn($"all videos of a prompt will be the same: {none}");
        if (!settings.IsGuided && parsed.GetValue(options.DynamicCfg) == "on")
        {
            string scale = FormattableString.Invariant($"{settings.GuidanceScale}");
            terminal.Warn($"--dynamic-cfg has no effect: guidance is off at --guidance-scale {scale}.");
        }
        if (parsed.GetValue(options.Generator) == "one" && settings.BatchSize is null)
            terminal.Warn("--generator has no effect on a single video.");
        bool saysHow = parsed.GetValue(options.Adapters.Merge) || parsed.GetValue(options.Adapters.IgnoreUnmatched);
        if (saysHow && jobs[0].Loras.Adapters.Count == 0)
            terminal.Warn("--lora-merge and --lora-ignore-unmatched have no effect without --lora.");
        if (jobs.Any(job => job.SeedWrapped))
            terminal.Warn($"seeds end at {ulong.MaxValue}: later videos go on from 0.");
    }

    private void SayTime(TimeSpan whole, GenerateJob[] jobs)
    {
        if (whole < RunEstimate.WorthTelling)
            return;
        string kept = jobs.Length == 1 && jobs[0].Files.SaveLatents is { } latents ? $"; the latents are kept in {latents}" : "";
        terminal.Say($"This takes about {ProgressDisplay.Duration(whole)} on this machine{kept}.");
    }
}
