using CogVideoX.Models.CogVideoX;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// Which counts of frames a model makes: one more than a multiple of a group. The VAE decodes two latents at a time, so that a group is
/// two latents' frames: 8·N + 1 where it compresses time four times (two latents alone give 8 frames, not 5).
/// </summary>
/// <param name="Group">Frames of a group.</param>
/// <param name="AdvisedGroup">
/// Frames of the group that is recommended, a multiple of <paramref name="Group"/>: where patches have several latent frames (1.5), groups
/// of whole patches, 16·N + 1; otherwise the same.
/// </param>
public sealed record FrameRule(int Group, int AdvisedGroup)
{
    /// <summary>The rule of a model with these parts.</summary>
    public static FrameRule Of(TransformerConfig transformer, VaeConfig vae)
    {
        int group = CogVideoXVae.LatentFramesPerChunk * vae.TemporalCompression;
        return new FrameRule(group, group * (transformer.TemporalPatchSize ?? 1));
    }

    /// <summary>Whether a video may have so many frames.</summary>
    public bool Allows(int frames) => frames > 0 && frames % Group == 1 % Group;

    /// <summary>Whether it should.</summary>
    public bool Advises(int frames) => frames > 0 && frames % AdvisedGroup == 1 % AdvisedGroup;

    /// <summary>Frames of so many groups.</summary>
    public int At(int groups) => groups * Group + 1;

    /// <summary>The largest count that is allowed and at most so many frames.</summary>
    public int Below(int frames) => (frames - 1) / Group * Group + 1;

    /// <summary>Such as <c>8·N + 1</c>.</summary>
    public override string ToString() => $"{Group}·N + 1";
}
