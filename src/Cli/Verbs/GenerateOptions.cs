using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>The options of <c>generate</c>. Where none is given, the checkpoint decides.</summary>
internal sealed class GenerateOptions
{
    public Argument<string?> Prompt { get; } = new("prompt")
    {
        Description = "What the video shows; - reads it from standard input",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<string?> Model { get; } = CommonOptions.Model();

    public AdapterOptions Adapters { get; } = new();

    public PlaceOptions Places { get; } = new();

    public Option<string?> NegativePrompt { get; } = new("--negative-prompt")
    {
        Description = "What it doesn't show (default: empty)",
        HelpName = "TEXT",
    };

    public Option<string?> PromptFile { get; } =
        Path("--prompt-file", "FILE", "One prompt a line, a video each, all with the same seed; - reads standard input (default: none)");

    public Option<string?> Shard { get; } = new("--shard")
    {
        Description = "Make every N-th video, from the I-th on (from 0), and leave out those that are there: one of N processes that share "
            + "the list (default: all)",
        HelpName = "I/N",
    };

    public Option<string?> From { get; } =
        Path("--from", "VIDEO", "Repeat the run that made this video; further options change it (default: none)");

    public Option<int?> Width { get; } = new("--width")
    {
        Description = "Pixels, a multiple of 16 for the released models (default: the checkpoint's)",
        HelpName = "N",
    };

    public Option<int?> Height { get; } = new("--height")
    {
        Description = "Pixels, a multiple of 16 for the released models (default: the checkpoint's)",
        HelpName = "N",
    };

    public Option<int?> Frames { get; } = new("--frames")
    {
        Description = "8·N + 1 frames (default: the checkpoint's)",
        HelpName = "N",
    };

    public Option<string?> Fps { get; } = new("--fps")
    {
        Description = "Frames a second, such as 8, 29.97 or 30000/1001 (default: the checkpoint's, else 8)",
        HelpName = "N",
    };

    public Option<int?> Steps { get; } = new("--steps")
    {
        Description = "Sampling steps (default: the checkpoint's, else 50)",
        HelpName = "N",
    };

    public Option<double?> GuidanceScale { get; } = new("--guidance-scale")
    {
        Description = "How strongly to follow the prompt; 1 turns guidance off (default: the checkpoint's, else 6)",
        HelpName = "X",
        CustomParser = CommonOptions.Number,
    };

    public Option<string?> DynamicCfg { get; } = new("--dynamic-cfg")
    {
        Description = "Guidance that varies over the steps (default: the checkpoint's, else off)",
        HelpName = "on|off",
    };

    public Option<string?> Sampler { get; } = new("--sampler")
    {
        Description = "How noise is taken away (default: the checkpoint's)",
        HelpName = string.Join('|', SettingWords.All(typeof(SamplerKind))),
    };

    public Option<ulong?> Seed { get; } = new("--seed")
    {
        Description = "Where the noise begins; random draws one and says it (default: 42)",
        HelpName = "N|random",
        CustomParser = ParseSeed,
    };

    public Option<int?> NumVideos { get; } = new("--num-videos")
    {
        Description = "So many videos of each prompt; video k uses seed + k (default: 1)",
        HelpName = "N",
    };

    public Option<string?> Generator { get; } = new("--generator")
    {
        Description = "Whether each video draws its noise from a generator of its own, or one serves all of them, as it does in the "
            + "reference for a batch (default: each)",
        HelpName = "each|one",
    };

    public Option<string?> Dtype { get; } = new("--dtype")
    {
        Description = "The type that noise is drawn in (default: the transformer's)",
        HelpName = "fp32|bf16|fp16",
    };

    public Option<int?> MaxSequenceLength { get; } = new("--max-sequence-length")
    {
        Description = "Tokens that a prompt is padded or cut to (default: as the model was trained)",
        HelpName = "N",
    };

    public Option<string?> VaeTiling { get; } = CommonOptions.VaeTiling();

    public Option<string?> Cache { get; } = CommonOptions.Cache();

    public DeviceOptions Device { get; } = new();

    public PartOptions Parts { get; } = new();

    public Option<string?> Graph { get; } = new("--graph")
    {
        Description = "Whether a step of sampling is recorded and launched as one CUDA graph (default: auto, where the device can)",
        HelpName = "auto|on|off",
    };

    public Option<string?> CheckFinite { get; } = new("--check-finite")
    {
        Description = "When each block of the transformer is looked at for NaN and infinity (default: first, in the first step)",
        HelpName = "first|always|off",
    };

    public InputOptions Inputs { get; } = new();

    public Option<string?> Embeds { get; } =
        Path("--embeds", "FILE", "Prompt embeddings in place of a prompt, as --save-embeds keeps them (default: none)");

    public Option<string?> SaveEmbeds { get; } =
        Path("--save-embeds", "FILE", "Keep the embeddings of prompt and negative prompt, for --embeds (default: none)");

    public Option<string?> InitLatents { get; } =
        Path("--init-latents", "FILE", "Begin from the `latents` of this file in place of seeded noise (default: none)");

    public Option<string?> SaveLatents { get; } = Path(
        "--save-latents", "FILE",
        "Keep the latents before decoding; if interrupted, those of the last finished step (default: kept for runs of over 2 minutes)");

    public Option<string?> Trace { get; } =
        Path("--trace", "FILE", "Keep the prompt embeddings and the latents after each step (default: none)");

    public Option<string?> Preview { get; } = Path(
        "--preview", "FILE",
        "A small approximate video of what is being sampled, replaced as steps end: .png .mp4 .gif … (default: none)");

    public Option<string?> PreviewMap { get; } = Path(
        "--preview-map", "FILE", "The map that makes it, from inspect --fit-preview (default: the checkpoint's preview.json)");

    public Option<string?> KeepState { get; } = Path(
        "--keep-state", "FILE",
        "Keep the run's state after each step, for --resume; removed when the video is written (default: none, or the file of --resume)");

    public Option<string?> Resume { get; } =
        Path("--resume", "FILE", "Go on with the run whose state --keep-state kept, to the same video (default: none)");

    public Option<string?> Output { get; } = Path(
        "--output", "FILE",
        "A video by its ending (.mp4 .mov .mkv .webm .gif .webp .png .y4m .safetensors), a folder ending in / for PNG files, or - "
        + "for Y4M on standard output (default: named after prompt and seed)", "-o");

    public Option<int?> Quality { get; } = new("--quality")
    {
        Description = "Of the file, from 1 (smallest) to 100 (best), for .mp4 .mov .mkv .webm .webp (default: nearly lossless to the eye)",
        HelpName = "N",
    };

    public Option<string?> Codec { get; } = new("--codec")
    {
        Description = "How the file is compressed (default: h264 for .mp4 .mov .mkv, vp9 for .webm)",
        HelpName = "h264|h265|vp9|av1|prores",
    };

    public Option<string?> OutputDir { get; } = Path(
        "--output-dir", "DIR", "A folder for videos named after their prompts and seeds; made where it doesn't exist (default: this one)");

    public Option<bool> Overwrite { get; } = CommonOptions.Overwrite();

    public Option<bool> Json { get; } = CommonOptions.Json();

    /// <summary>A command with all of them.</summary>
    public Command ToCommand(string name, string description)
    {
        DynamicCfg.AcceptOnlyFromAmong("on", "off");
        Sampler.AcceptOnlyFromAmong([.. SettingWords.All(typeof(SamplerKind))]);
        Generator.AcceptOnlyFromAmong("each", "one");
        Dtype.AcceptOnlyFromAmong("fp32", "bf16", "fp16");
        Graph.AcceptOnlyFromAmong("auto", "on", "off");
        CheckFinite.AcceptOnlyFromAmong("first", "always", "off");
        Codec.AcceptOnlyFromAmong([.. Enum.GetNames<VideoCodec>().Select(name => name.ToLowerInvariant())]);
        var command = new Command(name, description)
        {
            Prompt, Model, NegativePrompt, PromptFile, Shard, From, Width, Height, Frames, Fps, Steps, GuidanceScale, DynamicCfg, Sampler,
            Seed, NumVideos, Generator, Dtype, MaxSequenceLength, VaeTiling, Cache, Embeds, SaveEmbeds, InitLatents, SaveLatents, Trace,
            KeepState, Resume, Preview, PreviewMap, Output, OutputDir, Quality, Codec, Overwrite, Json,
        };
        Inputs.AddTo(command);
        Adapters.AddTo(command);
        Places.AddTo(command);
        Device.AddTo(command);
        Parts.AddTo(command);
        command.Add(Graph);
        command.Add(CheckFinite);
        return command;
    }

    private static Option<string?> Path(string name, string helpName, string description, params string[] aliases)
    {
        Option<string?> option = CommonOptions.PathOption<string?>(name, aliases);
        (option.HelpName, option.Description) = (helpName, description);
        return option;
    }

    private static ulong? ParseSeed(ArgumentResult given)
    {
        string text = given.Tokens[0].Value;
        if (text == "random")
            return BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            return seed;
        given.AddError("not a seed");
        return null;
    }
}
