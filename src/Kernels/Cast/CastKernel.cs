using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Numbers from one format to another, some fours of neighbours a thread.</summary>
/// <param name="x">[count]</param>
/// <param name="y">[count]</param>
/// <param name="count">At least one.</param>
[KernelName("cast")]
internal readonly struct CastKernel(AnyCudaNumbers x, AnyCudaNumbers y, long count) : IKernel
{
    /// <summary>Numbers of a CTA.</summary>
    public const int Numbers = Threads * Four * Loads;

    private const int Threads = 256, Four = 4, Loads = 4;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        long first = (long)Grid.BlockX * Numbers, index = first + Block.ThreadX * Four;
        if (first + Numbers > count)
        {
            for (index = first + Block.ThreadX; index < count; index += Threads)
                y.Set(index, x.One(index));
            return;
        }
        Registers<Bits128> stored = Registers.Of<Bits128>(Loads);
        for (int i = 0; i < Loads; i++)
            stored[i] = x.ReadFour(index + i * Threads * Four);
        for (int i = 0; i < Loads; i++)
            y.SetFour(index + i * Threads * Four, x.Four(stored[i]));
    }
}
