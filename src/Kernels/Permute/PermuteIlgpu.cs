using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Permute
{
    private const int LeastTiled = 16; // a dimension that is shorter would leave most of a tile empty

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (plan.Count == 0)
            return;
        int last = plan.Rank - 1, inner = last;
        while (inner > 0 && plan.SourceStride(inner) != 1)
            inner--;
        if (inner < last && Math.Min(plan.Size(inner), plan.Size(last)) >= LeastTiled)
        {
            Words.Run(elementSize, new LaunchTiles(this, inner, queue));
            return;
        }
        // What stays together is moved as wide words; all that lies around it is a multiple of its size.
        long run = inner == last && last >= 0 ? plan.Size(last) : 1;
        Words.Run(Words.Bytes((nint)x | (nint)y | run * elementSize), new Launch(this, queue));
    }

    // A thread a word of the result.
    private static void PermuteWords<TWord>(Arguments<TWord> a) where TWord : unmanaged
    {
        long index = IlgpuQueue.Index;
        if (index < a.Y.Length)
            a.Y[index] = a.X[a.Layout.At(index).Source];
    }

    internal readonly record struct Arguments<TWord>(ArrayView<TWord> X, ArrayView<TWord> Y, PermuteLayout Layout) where TWord : unmanaged;

    private readonly struct Launch(Permute permute, IlgpuQueue queue) : IWordAction
    {
        public void Run<TWord>() where TWord : unmanaged
        {
            int elementsPerWord = sizeof(TWord) / permute.elementSize;
            long count = permute.plan.Count / elementsPerWord;
            queue.LaunchEach(PermuteWords, count, new Arguments<TWord>(
                queue.View<TWord>(permute.x, count), queue.View<TWord>(permute.y, count),
                new PermuteLayout(permute.plan, elementsPerWord, -1, -1)));
        }
    }
}
