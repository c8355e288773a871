using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>A function of each number, some eights of neighbours a thread.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <typeparam name="TFunction">The function.</typeparam>
/// <param name="x">[count]</param>
/// <param name="y">[count]</param>
/// <param name="count">A multiple of eight.</param>
[KernelInstance("gelu_tanh_bf16", typeof(BFloat16), typeof(GeluTanh))]
internal readonly unsafe struct MapKernel<T, TFunction>(View<T> x, View<T> y, long count) : IKernel
    where T : unmanaged
    where TFunction : struct, IElementFunction
{
    /// <summary>Numbers of a CTA.</summary>
    public const int Numbers = Threads * Eight * Loads;

    private const int Threads = 256, Eight = PackedEight<T>.Count, Loads = 4;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        long first = (long)Grid.BlockX * Numbers;
        int end = (int)Math.Min(Numbers, count - first);
        T* source = x.Pointer + first, result = y.Pointer + first;
        Registers<Bits128> packed = Registers.Of<Bits128>(Loads);
        for (int i = 0; i < Loads; i++)
        {
            if (Place(i) < end)
                packed[i] = *(Bits128*)(source + Place(i));
        }
        for (int i = 0; i < Loads; i++)
        {
            if (Place(i) < end)
                *(Bits128*)(result + Place(i)) = Of(packed[i]);
        }
    }

    private static int Place(int load) => (load * Threads + Block.ThreadX) * Eight;

    private static Bits128 Of(Bits128 packed)
    {
        Registers<float> values = Registers.Of<float>(Eight);
        PackedEight<T>.Widen(packed, values);
        for (int i = 0; i < Eight; i++)
            values[i] = TFunction.Cuda(values[i]);
        return PackedEight<T>.Of(values);
    }
}
