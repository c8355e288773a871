using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;

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

    public Option<string?> NegativePrompt { get; } = new("--negative-prompt") { Description = "What it doesn't show (default: empty)", HelpName = "TEXT" };

    public Option<string?> PromptFile { get; } = new("--prompt-file")
    {
        Description = "One prompt a line, a video each, all with the same seed; - reads standard input",
        HelpName = "FILE",
    };

    public Option<string?> From { get; } = new("--from") { Description = "Repeat the run that made this video; further options change it", HelpName = "VIDEO" };

    public Option<int?> Width { get; } = new("--width") { Description = "Pixels", HelpName = "N" };

    public Option<int?> Height { get; } = new("--height") { Description = "Pixels", HelpName = "N" };

    public Option<int?> Frames { get; } = new("--frames") { Description = "8·N + 1 frames", HelpName = "N" };

    public Option<string?> Fps { get; } = new("--fps") { Description = "Frames a second", HelpName = "N" };

    public Option<int?> Steps { get; } = new("--steps") { Description = "Sampling steps", HelpName = "N" };

    public Option<double?> GuidanceScale { get; } = new("--guidance-scale") { Description = "How strongly to follow the prompt; 1 turns guidance off", HelpName = "X", CustomParser = CommonOptions.Number };

    public Option<string?> DynamicCfg { get; } = new("--dynamic-cfg") { Description = "Guidance that varies over the steps", HelpName = "on|off" };

    public Option<string?> Sampler { get; } = new("--sampler") { Description = "How noise is taken away", HelpName = "ddim|dpm" };

    public Option<ulong?> Seed { get; } = new("--seed")
    {
        Description = "Where the noise begins; random draws one and says it (default: 42)",
        HelpName = "N|random",
        CustomParser = ParseSeed,
    };

    public Option<int?> NumVideos { get; } = new("--num-videos") { Description = "So many videos of each prompt; video k uses seed + k", HelpName = "N" };

    public Option<string?> Dtype { get; } = new("--dtype") { Description = "The type that noise is drawn in (default: the transformer's)", HelpName = "fp32|bf16|fp16" };

    public Option<int?> MaxSequenceLength { get; } = new("--max-sequence-length") { Description = "Tokens that a prompt is padded or cut to", HelpName = "N" };

    public Option<string?> VaeTiling { get; } = CommonOptions.VaeTiling();

    public Option<string?> Device { get; } = new("--device") { Description = "Where to compute; only the CPU so far", HelpName = "cpu" };

    public Option<int> Threads { get; } = CommonOptions.Threads();

    public Option<string?> InitLatents { get; } = new("--init-latents") { Description = "Begin from the `latents` of this file in place of seeded noise", HelpName = "FILE" };

    public Option<string?> SaveLatents { get; } = new("--save-latents")
    {
        Description = "Keep the latents before decoding; if interrupted, those of the last finished step "
            + "(default: kept beside the video of a run of over 2 minutes)",
        HelpName = "FILE",
    };

    public Option<string?> Trace { get; } = new("--trace") { Description = "Keep the prompt embeddings and the latents after each step", HelpName = "FILE" };

    public Option<string?> Output { get; } = new("--output", "-o") { Description = ".mp4 .webm .gif .webp .png (animated) .y4m .safetensors, or a folder ending in / (default: named after prompt and seed)", HelpName = "FILE" };

    public Option<string?> OutputDir { get; } = new("--output-dir")
    {
        Description = "A folder for videos that are named after their prompts and seeds; made where it doesn't exist",
        HelpName = "DIR",
    };

    public Option<bool> Overwrite { get; } = CommonOptions.Overwrite();

    public Option<bool> Json { get; } = CommonOptions.Json();

    /// <summary>A command with all of them.</summary>
    public Command ToCommand(string name, string description)
    {
        DynamicCfg.AcceptOnlyFromAmong("on", "off");
        Sampler.AcceptOnlyFromAmong("ddim", "dpm");
        Dtype.AcceptOnlyFromAmong("fp32", "bf16", "fp16");
        Device.AcceptOnlyFromAmong("cpu");
        return new Command(name, description)
        {
            Prompt, Model, NegativePrompt, PromptFile, From, Width, Height, Frames, Fps, Steps, GuidanceScale, DynamicCfg, Sampler, Seed, NumVideos, Dtype,
            MaxSequenceLength, VaeTiling, Device, Threads, InitLatents, SaveLatents, Trace, Output, OutputDir, Overwrite, Json,
        };
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
