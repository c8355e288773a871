using System.Runtime.InteropServices;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Checkpoints;

/// <summary>
/// Random numbers for one weight tensor, uniform, with the spread that keeps activations near 1: √(1/inputs) for matrices and
/// kernels, small for biases, around 1 for norms. Each number depends on seed, name and position alone.
/// </summary>
internal sealed class RandomWeights
{
    private const float BiasSpread = 0.02f, NormSpread = 0.1f;

    private const float Steps = 1 << 23; // of half a range

    private readonly ulong key;
    private readonly float centre, halfRange;
    private readonly DType type;

    public RandomWeights(string name, Shape shape, DType type, ulong seed = 0)
    {
        this.type = type;
        key = Mix(seed ^ Hash(name));
        bool vector = shape.Rank == 1, norm = vector && name.EndsWith("weight", StringComparison.Ordinal);
        float deviation = norm ? NormSpread : vector ? BiasSpread : MathF.Sqrt(1f / shape.Product(1, shape.Rank));
        centre = norm ? 1 : 0;
        halfRange = deviation * MathF.Sqrt(3); // of a uniform distribution with that deviation
    }

    /// <summary>The whole tensor, made by the device that it is for, with the same elements.</summary>
    public Tensor Make(Ops ops, Shape shape) => ops.RandomUniform(shape, type, key, centre, halfRange, lasts: true);

    /// <summary>Elements from <paramref name="first"/> on, as many as <paramref name="destination"/> has bytes for.</summary>
    public void Fill(long first, Span<byte> destination)
    {
        if (type == DType.F32)
        {
            Span<float> floats = MemoryMarshal.Cast<byte, float>(destination);
            for (int i = 0; i < floats.Length; i++)
                floats[i] = At(first + i);
            return;
        }
        Span<ushort> halves = MemoryMarshal.Cast<byte, ushort>(destination);
        for (int i = 0; i < halves.Length; i++)
        {
            float value = At(first + i);
            halves[i] = type == DType.F16
                ? BitConverter.HalfToUInt16Bits((Half)value)
                : Nearest(BitConverter.SingleToUInt32Bits(value));
        }
    }

    // As the operation random_uniform has it.
    private float At(long index) => centre + halfRange / Steps * ((int)(Mix(key + (ulong)index) >> 40) - (1 << 23));

    // Of bf16: the upper half, rounded to the nearest, ties to even.
    private static ushort Nearest(uint bits) => (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);

    // SplitMix64's finaliser (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private static ulong Hash(string name) => name.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211); // FNV-1a
}
