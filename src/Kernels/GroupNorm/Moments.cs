using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels;

/// <summary>
/// Count, mean and sum of squared distances from the mean (Chan, Golub and LeVeque 1983). The mean is in two parts, one of the numbers and
/// how far the mean is from it: so numbers far from zero keep their digits.
/// </summary>
internal readonly record struct Moments(float Count, float Origin, float Shift, float Squares)
{
    /// <summary>These and some more.</summary>
    /// <param name="count">How many more.</param>
    /// <param name="mean">Their mean's distance from <see cref="Origin"/>.</param>
    /// <param name="squares">Their squared distances from their mean, added up.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Moments With(float count, float mean, float squares)
    {
        float all = Count + count, share = count / all, distance = mean - Shift;
        return new Moments(all, Origin, Shift + distance * share, Squares + squares + distance * distance * (Count * share));
    }
}
