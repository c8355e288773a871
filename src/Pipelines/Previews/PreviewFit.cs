namespace CogVideoX.Pipelines.Previews;

/// <summary>How well a <see cref="LatentPreview"/> does on the latents that it was fitted to.</summary>
/// <param name="RSquared">R²: the share of the colours' variance that it explains, at most 1.</param>
/// <param name="Psnr">Decibels between its colours and the decoded frames, averaged over each latent's pixels and frames.</param>
/// <param name="Latents">How many latent pixels there were.</param>
public sealed record PreviewFit(double RSquared, double Psnr, int Latents);
