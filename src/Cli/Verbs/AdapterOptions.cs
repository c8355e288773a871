using System.CommandLine;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>The options that name adapters.</summary>
internal sealed class AdapterOptions
{
    public Option<string[]> Lora { get; } = CommonOptions.PathOption<string[]>("--lora");

    public Option<bool> Merge { get; } = new("--lora-merge")
    {
        Description = "Merge LoRAs into copies of the weights: no more work a step, but those weights in memory",
    };

    public Option<bool> IgnoreUnmatched { get; } = new("--lora-ignore-unmatched")
    {
        Description = "Leave out what a LoRA has for layers that the model doesn't have",
    };

    public void AddTo(Command command)
    {
        (Lora.HelpName, Lora.Arity) = ("FILE[:SCALE][:alpha=A]", ArgumentArity.OneOrMore);
        Lora.Description = "A LoRA for the transformer, at a scale (default: 1), with an alpha (default: the file's); "
            + "give it several times to add several (default: none)";
        command.Add(Lora);
        command.Add(Merge);
        command.Add(IgnoreUnmatched);
    }

    /// <summary>Those that are given now.</summary>
    public LoraOptions Read(ParseResult parsed) => new()
    {
        Adapters = [.. (parsed.GetValue(Lora) ?? []).Select(Pipelines.Lora.Parse)],
        Merge = parsed.GetValue(Merge),
        IgnoreUnmatched = parsed.GetValue(IgnoreUnmatched),
    };
}
