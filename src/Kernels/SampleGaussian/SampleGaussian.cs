using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// y = mean + e^(v/2)·noise, element by element, where v is the log variance, kept within −30 … 20: a draw from the distribution that a
/// VAE encodes to (arXiv 1312.6114, section 2.4; the bounds are those of latent diffusion, arXiv 2112.10752, <c>DiagonalGaussian</c>).
/// </summary>
/// <param name="mean">[count]</param>
/// <param name="logVariance">[count]</param>
/// <param name="noise">[count], normal numbers</param>
/// <param name="y">[count]</param>
internal readonly unsafe partial struct SampleGaussian(Elements mean, Elements logVariance, Elements noise, Elements y, long count)
    : IOperation
{
    private const float LeastLogVariance = -30, MostLogVariance = 20;

    private readonly Elements mean = mean;
    private readonly Elements logVariance = logVariance;
    private readonly Elements noise = noise;
    private readonly Elements y = y;
    private readonly long count = count;

    /// <inheritdoc/>
    public static string Name => "sample_gaussian";

    /// <inheritdoc/>
    public double Flops => 4.0 * count;
}
