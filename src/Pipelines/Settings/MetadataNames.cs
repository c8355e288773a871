namespace CogVideoX.Pipelines;

/// <summary>What metadata hold beside the settings of a run.</summary>
internal static class MetadataNames
{
    /// <summary>What the checkpoint was called.</summary>
    public const string Model = "model";

    /// <summary>What the latents that the run began from were called; absent where it began from noise.</summary>
    public const string InitLatents = "init-latents";

    /// <summary>The adapters, a text <c>NAME:SCALE</c> each; absent where there were none.</summary>
    public const string Lora = "lora";

    /// <summary>Whether they were merged into the weights; absent where they weren't.</summary>
    public const string LoraMerge = "lora-merge";

    /// <summary>Whether keys that fit no layer were left out; absent where that wasn't asked for.</summary>
    public const string LoraIgnoreUnmatched = "lora-ignore-unmatched";
}
