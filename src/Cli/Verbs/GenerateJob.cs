using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>One video of a <c>generate</c> command.</summary>
/// <param name="Request">What to make.</param>
/// <param name="Inputs">The files that it begins from.</param>
/// <param name="Files">What is written beside the video.</param>
/// <param name="Output">Where it goes; <see cref="VideoFile.StandardOutput"/> for Y4M there.</param>
/// <param name="Writing">How it is written.</param>
/// <param name="Line">The line of the prompt file that its prompt is from; null where it is from the command line.</param>
/// <param name="SeedWrapped">Whether its seed is past the largest number, and so small again.</param>
internal sealed record GenerateJob(
    GenerationRequest Request, RunInputs Inputs, GenerationFiles Files, string Output, VideoOptions Writing, int? Line, bool SeedWrapped)
{
    /// <summary>Adapters that the pipeline has.</summary>
    public LoraOptions Loras { get; init; } = LoraOptions.None;

    /// <summary>Parts of its model that came from elsewhere.</summary>
    public PartSources Parts { get; init; } = PartSources.None;

    public bool GoesToStandardOutput => Output == VideoFile.StandardOutput;

    /// <summary>Where its noise begins.</summary>
    public ulong Seed => Request.Seed ?? GenerationSettings.DefaultSeed;

    /// <summary>What it shows; where its text is a file of embeddings, the name of that.</summary>
    public string Title => TitleOf(Request.Prompt ?? "", Inputs);

    /// <summary>The same before there is a job.</summary>
    public static string TitleOf(string prompt, RunInputs inputs) =>
        prompt.Length == 0 && inputs.Embeds is { } embeds ? Path.GetFileNameWithoutExtension(embeds) : prompt;

    /// <summary>The video's path, for names of files beside it.</summary>
    public string Stem => GoesToStandardOutput ? "video" : Output;

    /// <summary>Every file that it writes, with the option that names it.</summary>
    public IEnumerable<(string Option, string Path)> NamedFiles =>
        new[]
        {
            ("--output", GoesToStandardOutput ? null : Output), ("--save-latents", Files.SaveLatents), ("--trace", Files.Trace),
            ("--save-embeds", Files.SaveEmbeds), ("--keep-state", Files.KeepState), ("--preview", Files.Preview),
        }
            .Where(file => file.Item2 is not null).Select(file => (file.Item1, file.Item2!));

    /// <summary>What goes into the video's file.</summary>
    public GenerationMetadata Metadata(GenerationSettings settings, CogVideoXPipeline pipeline) => settings.ToMetadata(
        KeptNames.OfModel(pipeline.ModelPath),
        Inputs with
        {
            Embeds = KeptNames.OfAny(Inputs.Embeds),
            InitLatents = KeptNames.OfAny(Inputs.InitLatents),
            Image = KeptNames.OfAny(Inputs.Image),
            Video = KeptNames.OfAny(Inputs.Video),
        },
        Loras with { Adapters = [.. Loras.Adapters.Select(lora => lora with { Path = KeptNames.Of(lora.Path) })] },
        pipeline.CpuCompute, Parts.With((_, place) => KeptNames.Of(place)));

    /// <summary>What goes into the state of its run, which stays on this machine: with whole paths, so that they are found again.</summary>
    public GenerationMetadata StateMetadata(GenerationSettings settings, CogVideoXPipeline pipeline)
    {
        return settings.ToMetadata(
            pipeline.ModelPath == BundledModel.Path ? BundledModel.Name : Path.GetFullPath(pipeline.ModelPath),
            Inputs with
            {
                Embeds = FullPath(Inputs.Embeds),
                InitLatents = FullPath(Inputs.InitLatents),
                Image = FullPath(Inputs.Image),
                Video = FullPath(Inputs.Video),
            },
            Loras with { Adapters = [.. Loras.Adapters.Select(lora => lora with { Path = Path.GetFullPath(lora.Path) })] },
            pipeline.CpuCompute, Parts.With((_, place) => Path.GetFullPath(place)));

        static string? FullPath(string? file) => file is null ? null : Path.GetFullPath(file);
    }
}
