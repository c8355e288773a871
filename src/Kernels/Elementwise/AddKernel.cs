using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>a + b, b repeated, some eights of neighbours a thread.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <param name="a">[count]</param>
/// <param name="b">[columns]</param>
/// <param name="y">[count]</param>
/// <param name="count">Eights, at most <see cref="MostEights"/>.</param>
/// <param name="columns">Eights of b.</param>
[KernelInstance("add_bf16", typeof(BFloat16))]
internal readonly unsafe struct AddKernel<T>(Bits128* a, AnyCudaNumbers b, Bits128* y, int count, int columns) : IKernel
    where T : unmanaged
{
    /// <summary>Eights of a CTA.</summary>
    public const int Eights = Threads * Loads;

    /// <summary>The most eights.</summary>
    public const int MostEights = int.MaxValue - Eights;

    private const int Threads = 256, Loads = 4, Eight = 8;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        int first = Grid.BlockX * Eights + Block.ThreadX;
        Registers<Bits128> packed = Registers.Of<Bits128>(Loads);
        Registers<StoredEight> added = Registers.Of<StoredEight>(Loads);
        for (int i = 0; i < Loads; i++)
        {
            int index = first + i * Threads;
            if (index >= count)
                continue;
            packed[i] = a[index];
            added[i] = b.Read((uint)index % (uint)columns * (long)Eight);
        }
        Registers<float> sums = Registers.Of<float>(Eight), values = Registers.Of<float>(Eight);
        for (int i = 0; i < Loads; i++)
        {
            if (first + i * Threads >= count)
                continue;
            PackedEight<T>.Widen(packed[i], sums);
            b.Widen(added[i], values);
            for (int k = 0; k < Eight; k++)
                sums[k] += values[k];
            y[first + i * Threads] = PackedEight<T>.Of(sums);
        }
    }
}
