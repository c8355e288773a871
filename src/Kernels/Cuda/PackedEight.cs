using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Eight numbers of 16 bits, as one access to memory moves them.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
internal static class PackedEight<T> where T : unmanaged
{
    /// <summary>How many.</summary>
    public const int Count = CudaQueue.AccessBytes / sizeof(ushort);

    /// <summary>They as floats.</summary>
    public static void Widen(Bits128 packed, Registers<float> values)
    {
        (values[0], values[1]) = (PackedPair.Low<T>(packed.First), PackedPair.High<T>(packed.First));
        (values[2], values[3]) = (PackedPair.Low<T>(packed.Second), PackedPair.High<T>(packed.Second));
        (values[4], values[5]) = (PackedPair.Low<T>(packed.Third), PackedPair.High<T>(packed.Third));
        (values[6], values[7]) = (PackedPair.Low<T>(packed.Fourth), PackedPair.High<T>(packed.Fourth));
    }

    /// <summary>Floats, each to nearest even.</summary>
    public static Bits128 Of(Registers<float> values) => new(
        PackedPair.Of<T>(values[0], values[1]),
        PackedPair.Of<T>(values[2], values[3]),
        PackedPair.Of<T>(values[4], values[5]),
        PackedPair.Of<T>(values[6], values[7]));
}
