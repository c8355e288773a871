using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Frames to latents as a sampler has them: their mean, or a draw where the settings have a seed, scaled.</summary>
internal sealed class EncodeLatentsStage : VaeStage
{
    public override string Name => GenerationStage.Encode;

    protected override string TilesNeedLess => "Encoding in tiles needs less.";

    public override void Build(ModelParts parts) => _ = parts.VaeEncoder;

    public override void Run(RunState state)
    {
        using MemoryScope scope = state.Ops.Scope();
        double scale = state.Model.Folder.Vae.ScalingFactor;
        state.Hand(scope.Keep(
            state.Settings.Seed is null ? VaeSample.Mean(state, state.Frames, scale) : VaeSample.Draw(state, state.Frames, scale)));
    }
}
