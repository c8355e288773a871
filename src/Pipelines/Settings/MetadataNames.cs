namespace CogVideoX.Pipelines;

/// <summary>What metadata hold beside the settings of a run.</summary>
internal static class MetadataNames
{
    /// <summary>What the checkpoint was called.</summary>
    public const string Model = "model";

    /// <summary>What the latents that the run began from were called; absent where it began from noise.</summary>
    public const string InitLatents = "init-latents";
}
