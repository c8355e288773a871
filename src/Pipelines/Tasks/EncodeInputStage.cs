namespace CogVideoX.Pipelines;

/// <summary>
/// What a run begins from to latents. Where it fits as a whole, tiles stay open: the VAE's other direction takes more, and decides.
/// </summary>
internal abstract class EncodeInputStage : VaeStage
{
    protected override string TilesNeedLess => "Encoding and decoding in tiles need less.";

    public override void Build(ModelParts parts) => _ = parts.VaeEncoder;

    public override GenerationSettings Settle(GenerationSettings settings, bool fits) => fits ? settings : base.Settle(settings, fits);
}
