using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Embedding
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => Packs.Run(y, Packs.Count(width, table, y), new Launch(this, queue));

    // A thread a pack.
    private static void EmbeddingRows<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        long index = IlgpuQueue.Index;
        if (index >= a.Y.Length)
            return;
        long row = Division.Quotient(index, a.Packs), column = index - row * a.Packs;
        a.Y[index] = pack.From(pack.Read(a.Table, (a.Ids[row] * (long)a.Packs + column) * pack.Count));
    }

    internal readonly record struct Arguments<TPack>(ArrayView<int> Ids, AnyNumbers Table, ArrayView<TPack> Y, int Packs)
        where TPack : unmanaged;

    private readonly struct Launch(Embedding embedding, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            int packs = embedding.width / default(TPack).Count;
            long count = embedding.count * packs;
            if (count == 0)
                return;
            queue.LaunchEach(EmbeddingRows, count, new Arguments<TPack>(
                queue.View<int>(embedding.ids, embedding.count),
                new AnyNumbers(queue, embedding.table, (long)embedding.rows * embedding.width),
                queue.View<TPack>(embedding.y, count), packs));
        }
    }
}
