using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// y[i] = centre + step·n, where n is a whole number from −2²³ to 2²³ − 1 that depends on key and i alone: SplitMix64's finaliser (Steele,
/// Lea and Flood, "Fast splittable pseudorandom number generators", 2014). Any device makes the same numbers.
/// </summary>
/// <param name="key">Other keys give other numbers.</param>
/// <param name="centre">The middle of the range.</param>
/// <param name="step">2⁻²³ of half the range.</param>
/// <param name="y">[count]</param>
internal readonly unsafe partial struct RandomUniform(ulong key, float centre, float step, Elements y, long count) : IOperation
{
    private readonly ulong key = key;
    private readonly float centre = centre;
    private readonly float step = step;
    private readonly Elements y = y;
    private readonly long count = count;

    /// <inheritdoc/>
    public static string Name => "random_uniform";

    /// <inheritdoc/>
    public double Flops => 2.0 * count;

    /// <summary>The number at an index.</summary>
    private static float At(ulong key, float centre, float step, long index) =>
        centre + step * ((int)(Mix(key + (ulong)index) >> 40) - (1 << 23));

    /// <summary>Any number to one that has nothing to do with its neighbours'.</summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
