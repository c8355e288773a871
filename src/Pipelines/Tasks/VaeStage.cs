namespace CogVideoX.Pipelines;

/// <summary>What the two directions of the VAE have in common: tiles where the picture as a whole doesn't fit.</summary>
internal abstract class VaeStage : Stage
{
    /// <summary>What needs less where it is too large, as a sentence.</summary>
    protected abstract string TilesNeedLess { get; }

    public override void LetGo(ModelParts parts)
    {
        if (parts.Ops.HoldsWeights)
            parts.CloseVae();
    }

    public override long WeightBytes(LoadedModel model) => model.VaeBytes;

    public override GenerationSettings Settle(GenerationSettings settings, bool fits) => settings.VaeTiling == TilingMode.Auto
        ? settings with { VaeTiling = fits ? TilingMode.Off : TilingMode.On }
        : settings;

    public override (string Property, string Remedy) Blame(GenerationSettings settings) => settings.VaeTiling == TilingMode.On
        ? base.Blame(settings)
        : (nameof(GenerationSettings.VaeTiling), TilesNeedLess);
}
