using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// A video to the latents that the run begins from, once they are noised. Where the transformer's patches have several frames, the first
/// latent is repeated in front until they are whole, and dropped after sampling.
/// </summary>
internal sealed class EncodeVideoStage : EncodeInputStage
{
    public override string Name => GenerationStage.Video;

    public override void Run(RunState state)
    {
        Ops ops = state.Ops;
        using MemoryScope scope = ops.Scope();
        (int height, int width) = (state.Settings.Height.Decided(), state.Settings.Width.Decided());
        int length = checked(3 * height * width), count = state.Video!.Count;
        Tensor frames = ops.Fill(
            [1, count, height, width, 3], (first, pixels) => state.Video.CopySigned((int)(first / length), pixels), length);
        state.Observer?.Invoke("preprocessed", frames);
        Tensor latents = VaeSample.Draw(state, frames, state.Model.Folder.Vae.ScalingFactor);
        state.Observer?.Invoke("video_latents", latents);
        for (int added = state.PaddedLatents; added > 0; added--)
            latents = ops.Concat(ops.Slice(latents, 1, 0, 1), latents, 1);
        state.HandVideo(scope.Keep(latents));
    }
}
