using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>
/// What a command line asks for; with <c>--from</c>, what made a video, with the options given now on top.
/// </summary>
/// <param name="Model">The checkpoint's folder.</param>
/// <param name="Settings">Of the run; the prompt is open where prompts come from a file.</param>
/// <param name="Inputs">The files to begin from.</param>
/// <param name="Loras">Adapters of the model.</param>
internal sealed record RequestReader(string Model, GenerationSettings Settings, RunInputs Inputs, LoraOptions Loras)
{
    /// <summary>Whether the command line has prompts, which go before embeddings that a video was made with.</summary>
    private bool HasPrompt { get; init; }

    /// <summary>Parts of the model that come from elsewhere.</summary>
    public PartSources Parts { get; private init; } = PartSources.None;

    /// <summary>The type that the run is repeated in; null where nothing says so.</summary>
    public ComputeType? Compute { get; private init; }

    /// <summary>The run that goes on; null where one begins.</summary>
    public ResumeState? Resume { get; private init; }

    /// <param name="parsed">The command line.</param>
    /// <param name="options">Its options.</param>
    /// <param name="find">The folder of a model that is named by it, or by its name; null for what is there alone.</param>
    public static RequestReader Read(ParseResult parsed, GenerateOptions options, Func<string, string>? find = null)
    {
        var given = new RequestReader(
            parsed.GetValue(options.Model) ?? BundledModel.Path, SettingOptions.Read(parsed),
            options.Inputs.Read(parsed) with
            {
                InitLatents = parsed.GetValue(options.InitLatents),
                Embeds = parsed.GetValue(options.Embeds),
            },
            options.Adapters.Read(parsed))
        {
            Parts = options.Places.Read(parsed),
            HasPrompt = parsed.GetValue(options.Prompt) is not null || parsed.GetValue(options.PromptFile) is not null,
        };
        if (parsed.GetValue(options.Resume) is { } state)
            given = given.GoingOn(ResumeOptions.Load(parsed, options, state), state, parsed.GetValue(options.Model));
        else if (parsed.GetValue(options.From) is { } video)
            given = given.Over(CommonOptions.Metadata("--from", video), video, parsed.GetValue(options.Model), "--from");
        if (parsed.GetValue(options.Generator) == "each") // of a video that was one of a batch
            given = given with { Settings = given.Settings with { BatchSize = null, BatchRow = null } };
        return given with
        {
            Model = find is null ? CommonOptions.CheckModel(given.Model) : find(given.Model),
            Inputs = given.Inputs with { Sha256 = given.Inputs.Sha256 ?? InputChecksum.Of(given.Inputs) },
        };
    }

    // What it began from is in the state; the names are for the video's metadata.
    private RequestReader GoingOn(ResumeState state, string file, string? model)
    {
        foreach ((string name, string? value) in Inputs.Named)
        {
            if (value is not null)
                throw new UsageException($"--{name}", $"{file} has what the run began from; leave it out.");
        }
        return Over(state.Metadata, file, model, ResumeOptions.Name) with { Resume = state };
    }

    private RequestReader Over(GenerationMetadata metadata, string video, string? model, string option)
    {
        try
        {
            string name = Text(metadata, MetadataNames.Model) ?? throw new FormatException($"'{MetadataNames.Model}' is missing");
            var kept = GenerationSettings.From(metadata);
            if (Inputs.Embeds is not null) // in place of the video's text
                kept = kept with { Prompt = "", NegativePrompt = "", MaxSequenceLength = null };
            return new RequestReader(
                model ?? KeptNames.FindModel(name, video, option), Settings.Or(kept),
                InputsOver(metadata, video, option), LorasOver(LoraOptions.From(metadata), video, option))
            {
                Parts = Parts.Or(PartSources.From(metadata), (part, place) => KeptNames.FindInput(place, video, option, $"--{part}")),
                Compute = ComputeOptions.KeptIn(metadata),
            };
        }
        catch (FormatException exception)
        {
            throw new UsageException(option, $"the settings in {video} can't be used: {exception.Message}.", exception);
        }
    }

    // Files that are given replace those of the video. A run that goes on reads none of them.
    private RunInputs InputsOver(GenerationMetadata metadata, string video, string option)
    {
        var inputs = new RunInputs
        {
            Embeds = Inputs.Embeds ?? (HasPrompt ? null : Kept(MetadataNames.Embeds)),
            InitLatents = Inputs.InitLatents ?? Kept(MetadataNames.InitLatents),
            Image = Inputs.Image ?? Kept(MetadataNames.Image),
            Video = Inputs.Video ?? Kept(MetadataNames.Video),
            Background = Inputs.Background ?? Text(metadata, MetadataNames.Background),
        };
        if (option == ResumeOptions.Name)
            return inputs with { Sha256 = Text(metadata, MetadataNames.InputsSha256) };
        bool isOther = HasPrompt || new[] { Inputs.Embeds, Inputs.InitLatents, Inputs.Image, Inputs.Video }.Any(path => path is not null);
        if (!isOther)
            CheckUnchanged(inputs, Text(metadata, MetadataNames.InputsSha256), video, option);
        return inputs;

        string? Kept(string name)
        {
            if (Text(metadata, name) is not { } file)
                return null;
            return option == ResumeOptions.Name ? KeptNames.Find(file, video) : KeptNames.FindInput(file, video, option, $"--{name}");
        }
    }

    private static void CheckUnchanged(RunInputs inputs, string? kept, string video, string option)
    {
        if (kept is null || InputChecksum.Of(inputs) is not { } found || found == kept)
            return;
        string names = string.Join(", ", inputs.Named.Where(input => input.Value is not null && input.Name != MetadataNames.Background)
            .Select(input => $"--{input.Name} {Shell.Quote(input.Value!)}"));
        throw new UsageException(
            option, $"{video} was made from other files than there are now under the names that it keeps, and can't be repeated. "
                + $"To make another video from these, give them: {names}.");
    }

    // LoRAs that are given replace those of the video.
    private LoraOptions LorasOver(LoraOptions kept, string video, string option) => Loras.Adapters.Count > 0
        ? Loras
        : new LoraOptions
        {
            Adapters = [.. kept.Adapters.Select(lora => lora with { Path = KeptNames.FindInput(lora.Path, video, option, "--lora") })],
            Merge = Loras.Merge || kept.Merge,
            IgnoreUnmatched = Loras.IgnoreUnmatched || kept.IgnoreUnmatched,
        };

    private static string? Text(GenerationMetadata metadata, string name)
    {
        if (!metadata.Settings.TryGetValue(name, out JsonNode? node) || node is null)
            return null;
        return node.GetValueKind() == JsonValueKind.String
            ? node.GetValue<string>()
            : throw new FormatException($"'{name}' is {Printable.Line(node.ToJsonString())}, not a text");
    }
}
