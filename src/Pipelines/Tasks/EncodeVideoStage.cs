using CogVideoX.Models.CogVideoX;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Frames to latents as a sampler has them: their mean, or a draw where the settings have a seed, scaled.</summary>
internal sealed class EncodeVideoStage : VaeStage
{
    public override string Name => GenerationStage.Encode;

    protected override string TilesNeedLess => "Encoding in tiles needs less.";

    public override void Build(ModelParts parts) => _ = parts.VaeEncoder;

    public override void Run(RunState state)
    {
        Ops ops = state.Ops;
        using MemoryScope scope = ops.Scope();
        (Tensor mean, Tensor logVariance) = Encode(state);
        Tensor chosen = state.Settings.Seed is { } seed ? ops.SampleGaussian(mean, logVariance, Noise(ops, mean.Shape, seed)) : mean;
        Tensor latents = ops.Scale(chosen, (float)state.Model.Folder.Vae.ScalingFactor);
        if (!ops.IsPlanning)
            FiniteCheck.Check(ops, latents, "the encoded latents");
        state.Hand(scope.Keep(latents));
    }

    private static (Tensor Mean, Tensor LogVariance) Encode(RunState state)
    {
        CogVideoXVae vae = state.Parts.VaeEncoder;
        if (state.Settings.VaeTiling != TilingMode.On)
            return vae.Encode(state.Frames, Progress);
        (TileGrid rows, TileGrid columns) = TileSizes.For(state.Model.Folder.Vae);
        return vae.EncodeTiled(state.Frames, rows, columns, Progress);

        void Progress(int done, int blocks) => state.Clock.At((double)done / blocks);
    }

    // Drawn in the reference's order, [1, C, F, H, W].
    private static Tensor Noise(Ops ops, Shape latents, ulong seed)
    {
        Tensor noise = new TorchGenerator(seed).Noise(ops, latents.With(1, latents[2]).With(2, latents[1]), NoiseType.F32);
        return ops.Permute(noise, [0, 2, 1, 3, 4]);
    }
}
