namespace CogVideoX.Pipelines;

/// <summary>What metadata hold beside the settings of a run.</summary>
internal static class MetadataNames
{
    /// <summary>What the checkpoint was called.</summary>
    public const string Model = "model";

    /// <summary>What the transformer was called that was in place of the checkpoint's; absent where it was the checkpoint's.</summary>
    public const string Transformer = "transformer";

    /// <summary>The same of the VAE.</summary>
    public const string Vae = "vae";

    /// <summary>The same of the text encoder.</summary>
    public const string TextEncoder = "text-encoder";

    /// <summary>What the embeddings were called that were given in place of a prompt; absent where it was a text.</summary>
    public const string Embeds = "embeds";

    /// <summary>What the latents that the run began from were called; absent where it began from noise.</summary>
    public const string InitLatents = "init-latents";

    /// <summary>What the picture was called that the video went on from; absent where there was none.</summary>
    public const string Image = "image";

    /// <summary>What the video was called that this one was made of; absent where there was none.</summary>
    public const string Video = "video";

    /// <summary>The colour behind a transparent picture; absent where alpha was left out.</summary>
    public const string Background = "background";

    /// <summary>A checksum of the files that the run began from; absent where there were none.</summary>
    public const string InputsSha256 = "inputs-sha256";

    /// <summary>What products multiplied on a CPU, where that wasn't fp32; absent where it was, and on other devices.</summary>
    public const string Compute = "compute";

    /// <summary>The adapters, a text <c>NAME:SCALE</c> each; absent where there were none.</summary>
    public const string Lora = "lora";

    /// <summary>Whether they were merged into the weights; absent where they weren't.</summary>
    public const string LoraMerge = "lora-merge";

    /// <summary>Whether keys that fit no layer were left out; absent where that wasn't asked for.</summary>
    public const string LoraIgnoreUnmatched = "lora-ignore-unmatched";
}
