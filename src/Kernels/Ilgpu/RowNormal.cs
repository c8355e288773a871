using ILGPU.Algorithms;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>How the numbers of a row get mean 0 and variance 1.</summary>
/// <param name="Center">Their mean, rounded.</param>
/// <param name="Factors">What differences from it are multiplied with, and what is added then: the mean's rest, so multiplied.</param>
internal readonly record struct RowNormal(float Center, FloatPair Factors)
{
    /// <summary>From what each of some neighbouring threads has read. All of the group must call it.</summary>
    /// <param name="moments">This thread's part of the row.</param>
    /// <param name="lanes">How many threads share a row: a power of two.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static RowNormal Of(PackMoments moments, int lanes, float width, float epsilon)
    {
        float center = LaneSum.Of(new FloatPair(moments.Sum, 0), lanes).First / width;
        FloatPair sums = LaneSum.Of(moments.About(center), lanes);
        float factor = 1 / XMath.Sqrt(sums.Second / width + epsilon);
        return new RowNormal(center, Pinned.Of(new FloatPair(factor, sums.First / width * -factor)));
    }

    /// <summary>Normal numbers.</summary>
    public Quad Apply(Quad values) => (values - Center) * Factors.First + Factors.Second;
}
