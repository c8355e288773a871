using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Frames to latents that are drawn from the distribution which the VAE encodes them to.</summary>
internal static class VaeSample
{
    /// <param name="state">Gives the VAE, and the noise: drawn before that of the run, as in the reference.</param>
    /// <param name="frames">[1, F, H, W, 3], −1 … 1</param>
    /// <param name="scale">What the latents are multiplied by.</param>
    /// <returns>[1, f, C, h, w], in the scope of the caller</returns>
    public static Tensor Draw(RunState state, Tensor frames, double scale)
    {
        Ops ops = state.Ops;
        using MemoryScope scope = ops.Scope();
        (Tensor mean, Tensor logVariance) = state.Parts.VaeEncoder.Encode(
            frames, (done, blocks) => state.Clock.At((double)done / blocks));
        state.Observer?.Invoke("encoded.mean", mean);
        state.Observer?.Invoke("encoded.logvar", logVariance);
        Shape shape = mean.Shape; // the reference draws it with channels before frames
        Tensor noise = state.Generator.NoiseInTurn(ops, [shape[0], shape[2], shape[1], shape[3], shape[4]], state.NoiseType);
        Tensor drawn = ops.SampleGaussian(mean, logVariance, ops.Permute(noise, [0, 2, 1, 3, 4]));
        FiniteCheck.Check(ops, drawn, "the encoded latents");
        return scope.Keep(ops.Scale(drawn, (float)scale));
    }
}
