namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Sums over the numbers that a thread reads of a row, for mean and variance in one reading. They are of differences from a number near
/// them (<see cref="Shift"/>), so that squares don't cancel: of n numbers, at most the last bits of n/4 times their variance do.
/// </summary>
internal readonly struct PackMoments
{
    private readonly float shift;
    private readonly float count;
    private readonly float sum;
    private readonly float squares;

    /// <param name="shift">What differences are from.</param>
    public PackMoments(float shift) : this(shift, 0, 0, 0)
    {
    }

    private PackMoments(float shift, float count, float sum, float squares)
    {
        this.shift = shift;
        this.count = count;
        this.sum = sum;
        this.squares = squares;
    }

    /// <summary>The sum of the numbers.</summary>
    public float Sum => count * shift + sum;

    /// <summary>The mean of a pack: what differences are from in a thread that begins with it.</summary>
    public static float Shift<TPack>(Quad values) where TPack : unmanaged, IPack<TPack> =>
        default(TPack).Sum(values) * (1f / default(TPack).Count);

    /// <summary>The same with a pack more.</summary>
    public PackMoments With<TPack>(Quad values) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        Quad differences = values - shift;
        return new PackMoments(shift, count + pack.Count, sum + pack.Sum(differences), squares + pack.Sum(differences * differences));
    }

    /// <summary>The sums of the differences from another number, and of their squares.</summary>
    public FloatPair About(float center)
    {
        float away = shift - center;
        // Σ(d + a)² = Σd² + 2aΣd + na²
        return new FloatPair(count * away + sum, squares + away * (2 * sum + count * away));
    }
}
