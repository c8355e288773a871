using System.CommandLine;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>Where the weights of a whole model lie.</summary>
internal sealed class PlacementOptions
{
    private readonly Option<string?> weights = new("--weights")
    {
        Description = "On a card: all weights stay there, each part for its stage, or two layers at a time; the video is the same "
            + "(default: auto, the first of these that fits)",
        HelpName = "auto|resident|components|layers",
    };

    public void AddTo(Command command)
    {
        weights.AcceptOnlyFromAmong("auto", "resident", "components", "layers");
        command.Add(weights);
    }

    /// <summary>Device and types with them.</summary>
    public ComputeOptions Over(ComputeOptions compute, ParseResult parsed) => compute with
    {
        Weights = CommonOptions.Choice<WeightPlacement>(parsed, weights) ?? WeightPlacement.Auto,
    };
}
