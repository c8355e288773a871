namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Mean and squared deviations of the numbers that a thread has seen, updated pack by pack (Chan, Golub and LeVeque, 1983): one reading of
/// a row, without the cancellation of a sum of squares.
/// </summary>
internal readonly struct PackMoments(float count, float mean, float squares)
{
    private readonly float count = count;
    private readonly float mean = mean;
    private readonly float squares = squares;

    /// <summary>The sum of the numbers.</summary>
    public float Sum => count * mean;

    /// <summary>The same with a pack more.</summary>
    public PackMoments With<TPack>(Quad values) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        float own = pack.Sum(values) * (1f / pack.Count), total = count + pack.Count, share = pack.Count / total, step = own - mean;
        Quad deviations = values - own;
        return new PackMoments(total, mean + step * share, squares + (pack.Sum(deviations * deviations) + step * step * count * share));
    }

    /// <summary>The sum of squared deviations from another mean: that of the whole row.</summary>
    public float SquaresAbout(float center) => squares + count * (mean - center) * (mean - center);
}
