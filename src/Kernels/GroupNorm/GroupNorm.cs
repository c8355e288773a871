using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// y = (x − mean) / √(variance + ε) · weight + bias, with mean and variance of a group of channels over all pixels of a batch
/// item (Wu and He, arXiv 1803.08494); then · S + T where there are maps (arXiv 2209.09002); then SiLU where asked.
/// </summary>
/// <param name="x">[B, F, H, W, C]</param>
/// <param name="weight">[C]</param>
/// <param name="bias">[C]</param>
/// <param name="y">[B, F, H, W, C]</param>
internal readonly unsafe partial struct GroupNorm(
    Elements x, Elements weight, Elements bias, Elements y,
    VideoSize size, int groups, float epsilon, SpatialMaps maps, bool silu) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements weight = weight;
    private readonly Elements bias = bias;
    private readonly Elements y = y;
    private readonly VideoSize size = size;
    private readonly int groups = groups;
    private readonly float epsilon = epsilon;
    private readonly SpatialMaps maps = maps;
    private readonly bool silu = silu;

    /// <inheritdoc/>
    public static string Name => "group_norm";

    /// <inheritdoc/>
    public double Flops => size.Count * (6.0 + (maps.IsNone ? 0 : 2) + (silu ? Silu.Flops : 0));
}
