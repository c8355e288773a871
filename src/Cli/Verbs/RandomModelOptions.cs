using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Checkpoints;

namespace CogVideoX.Cli.Verbs;

/// <summary>Options for a model of a released architecture with random weights, which are made up where they are needed.</summary>
internal sealed class RandomModelOptions
{
    private static readonly string Names = string.Join('|', RandomCheckpoint.Presets);

    private readonly Option<string?> preset = new("--preset")
    {
        Description = "An architecture in place of a checkpoint, with --random: its weights are made up on the device (default: none)",
        HelpName = Names,
    };

    private readonly Option<bool> random = new("--random") { Description = "Random weights, for --preset" };

    private readonly Option<int?> layers = new("--layers")
    {
        Description = "With --preset, only so many blocks of transformer and text encoder (default: all)",
        HelpName = "N",
    };

    public void AddTo(Command command)
    {
        command.Add(preset);
        command.Add(random);
        command.Add(layers);
    }

    /// <returns>Null where a checkpoint is meant.</returns>
    /// <exception cref="UsageException">Options that don't go together.</exception>
    public CogVideoXPipeline? Open(ParseResult parsed, Option<string?> model, LoraOptions adapters, ComputeOptions compute)
    {
        bool isRandom = parsed.GetValue(random);
        if (parsed.GetValue(preset) is not { } name)
        {
            if (isRandom)
                throw new UsageException("--random", $"say of which architecture: --preset {Names}.");
            return parsed.GetValue(layers) is null
                ? null
                : throw new UsageException("--layers", "it is for --preset; a checkpoint has its own number.");
        }
        const string OrModel = "or name a checkpoint with --model.";
        if (!isRandom)
            throw new UsageException("--preset", $"it has no weights of its own; add --random for made-up ones, {OrModel}");
        if (parsed.GetValue(model) is not null)
            throw new UsageException("--preset", "it stands for a checkpoint; leave --model out.");
        if (adapters.Adapters.Count > 0)
            throw new UsageException("--lora", $"random weights aren't what it was trained for; leave it out, {OrModel}");
        return CogVideoXPipeline.OpenRandom(name, parsed.GetValue(layers), compute);
    }
}
