using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Sums of terms, some fours of neighbours a thread.</summary>
/// <param name="first">There always.</param>
/// <param name="second">Or null, and so are those after it.</param>
/// <param name="third">Or null.</param>
/// <param name="fourth">Or null.</param>
/// <param name="y">[count]</param>
/// <param name="count">At least one.</param>
[KernelName("linear_combination")]
internal readonly struct LinearCombinationKernel(
    CudaTerm first, CudaTerm second, CudaTerm third, CudaTerm fourth, AnyCudaNumbers y, long count) : IKernel
{
    /// <summary>Numbers of a CTA.</summary>
    public const int Numbers = Threads * Four * Loads;

    private const int Threads = 256, Four = 4, Loads = 4;

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        long start = (long)Grid.BlockX * Numbers, index = start + Block.ThreadX * Four;
        if (start + Numbers > count)
        {
            for (index = start + Block.ThreadX; index < count; index += Threads)
                y.Set(index, Sum(index));
            return;
        }
        Registers<Bits128> stored = Registers.Of<Bits128>(Loads);
        Registers<Float4> sums = Registers.Of<Float4>(Loads);
        for (int i = 0; i < Loads; i++)
            stored[i] = first.ReadFour(index + i * Threads * Four);
        for (int i = 0; i < Loads; i++)
            sums[i] = first.Four(stored[i]);
        Add(second, index, sums);
        Add(third, index, sums);
        Add(fourth, index, sums);
        for (int i = 0; i < Loads; i++)
            y.SetFour(index + i * Threads * Four, sums[i]);
    }

    private float Sum(long index)
    {
        float sum = first.One(index);
        if (!second.IsNull)
            sum += second.One(index);
        if (!third.IsNull)
            sum += third.One(index);
        if (!fourth.IsNull)
            sum += fourth.One(index);
        return sum;
    }

    private static void Add(CudaTerm term, long index, Registers<Float4> sums)
    {
        if (term.IsNull)
            return;
        Registers<Bits128> stored = Registers.Of<Bits128>(Loads);
        for (int i = 0; i < Loads; i++)
            stored[i] = term.ReadFour(index + i * Threads * Four);
        for (int i = 0; i < Loads; i++)
        {
            (float a, float b, float c, float d) = term.Four(stored[i]);
            sums[i] = new(sums[i].X + a, sums[i].Y + b, sums[i].Z + c, sums[i].W + d);
        }
    }
}
