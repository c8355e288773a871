using System.CommandLine;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>Where the weights of a model's parts lie, and in which types parts compute.</summary>
internal sealed class PartOptions
{
    private readonly Option<string?> weights = new("--weights")
    {
        Description = "On a card: all weights stay there, each part for its stage, or two layers at a time; the video is the same "
            + "(default: auto, the first of these that fits)",
        HelpName = "auto|resident|components|layers",
    };

    private readonly Option<string?> weightDtype = new("--weight-dtype")
    {
        Description = "How the matrices of layers are stored where they are computed with; fp8 takes half the memory of bf16, and gives "
            + "another video (default: stored, as the checkpoint has them)",
        HelpName = "stored|fp8",
    };

    private readonly Option<string?> textEncoder = Dtype("--text-encoder-dtype", "The type that the text encoder computes in");
    private readonly Option<string?> vae = Dtype("--vae-dtype", "The type that the VAE computes in");

    public void AddTo(Command command)
    {
        weights.AcceptOnlyFromAmong("auto", "resident", "components", "layers");
        weightDtype.AcceptOnlyFromAmong("stored", "fp8");
        command.Add(weights);
        command.Add(weightDtype);
        command.Add(textEncoder);
        AddVaeTo(command);
    }

    /// <summary>To a verb that needs the VAE alone.</summary>
    public void AddVaeTo(Command command) => command.Add(vae);

    /// <summary>Device and types with them.</summary>
    public ComputeOptions Over(ComputeOptions compute, ParseResult parsed) => compute with
    {
        Weights = CommonOptions.Choice<WeightPlacement>(parsed, weights) ?? WeightPlacement.Auto,
        WeightDtype = CommonOptions.Choice<WeightType>(parsed, weightDtype) ?? WeightType.Stored,
        TextEncoderDtype = CommonOptions.Choice<ComputeType>(parsed, textEncoder) ?? ComputeType.Usual,
        VaeDtype = CommonOptions.Choice<ComputeType>(parsed, vae) ?? ComputeType.Usual,
    };

    private static Option<string?> Dtype(string name, string what)
    {
        var option = new Option<string?>(name)
        {
            Description = $"{what} (default: auto, that of --compute)",
            HelpName = "auto|fp32|bf16|fp16",
        };
        option.AcceptOnlyFromAmong("auto", "fp32", "bf16", "fp16");
        return option;
    }
}
