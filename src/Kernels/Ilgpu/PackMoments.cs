using ILGPU.Algorithms;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Sums over the numbers that a thread reads of a row, for its mean and variance in one reading. They are of differences from the mean of
/// the thread's first pack, so that squares don't cancel: of n numbers, at most the last bits of n/4 times their variance do.
/// </summary>
internal readonly struct PackMoments(float count, float shift, float sum, float squares)
{
    private readonly float count = count;
    private readonly float shift = shift;
    private readonly float sum = sum;
    private readonly float squares = squares;

    /// <summary>The sum of the numbers.</summary>
    public float Sum => count * shift + sum;

    /// <summary>The same with a pack more.</summary>
    public PackMoments With<TPack>(Quad values) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        float from = count > 0 ? shift : pack.Sum(values) * (1f / pack.Count);
        Quad differences = values - from;
        return new PackMoments(count + pack.Count, from, sum + pack.Sum(differences), squares + pack.Sum(differences * differences));
    }

    /// <summary>The sum of squared deviations from the mean of the whole row.</summary>
    public float SquaresAbout(float mean)
    {
        float own = sum / XMath.Max(1, count), away = shift + own - mean; // not a branch: threads differ in it
        return squares - own * sum + count * away * away;
    }
}
