using CogVideoX.Models.CogVideoX;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Frames to latents, from the distribution which the VAE encodes them to; in tiles where the settings say so.</summary>
internal static class VaeSample
{
    /// <summary>A draw from it.</summary>
    /// <param name="state">Gives the VAE, and the noise: drawn before that of the run, as in the reference.</param>
    /// <param name="frames">[1, F, H, W, 3], −1 … 1</param>
    /// <param name="scale">What the latents are multiplied by.</param>
    /// <returns>[1, f, C, h, w], in the scope of the caller</returns>
    public static Tensor Draw(RunState state, Tensor frames, double scale)
    {
        Ops ops = state.Ops;
        using MemoryScope scope = ops.Scope();
        (Tensor mean, Tensor logVariance) = Encode(state, frames);
        Shape shape = mean.Shape; // the reference draws it with channels before frames
        Tensor noise = state.Generator.NoiseInTurn(ops, [shape[0], shape[2], shape[1], shape[3], shape[4]], state.NoiseType);
        Tensor drawn = ops.SampleGaussian(mean, logVariance, ops.Permute(noise, [0, 2, 1, 3, 4]));
        return scope.Keep(Scaled(ops, drawn, scale));
    }

    /// <summary>Its middle.</summary>
    /// <inheritdoc cref="Draw"/>
    public static Tensor Mean(RunState state, Tensor frames, double scale)
    {
        using MemoryScope scope = state.Ops.Scope();
        return scope.Keep(Scaled(state.Ops, Encode(state, frames).Mean, scale));
    }

    private static (Tensor Mean, Tensor LogVariance) Encode(RunState state, Tensor frames)
    {
        using Ops.ActivationScope types = state.Ops.ComputeIn(state.Parts.Types.Vae);
        CogVideoXVae vae = state.Parts.VaeEncoder;
        (TileGrid rows, TileGrid columns) = TileSizes.For(state.Model.Folder.Vae);
        (Tensor mean, Tensor logVariance) = state.Settings.VaeTiling == TilingMode.On
            ? vae.EncodeTiled(frames, rows, columns, Progress)
            : vae.Encode(frames, Progress);
        state.Observer?.Invoke("encoded.mean", mean);
        state.Observer?.Invoke("encoded.logvar", logVariance);
        return (mean, logVariance);

        void Progress(int done, int blocks) => state.Clock.At((double)done / blocks);
    }

    private static Tensor Scaled(Ops ops, Tensor latents, double scale)
    {
        FiniteCheck.Check(ops, latents, "the encoded latents");
        return ops.Scale(latents, (float)scale);
    }
}
