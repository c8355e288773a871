using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

internal readonly partial struct Softmax
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => Packs.Run(x, Packs.Count(width, x, y), new Launch(this, queue));

    // A group a row, which is read twice: a thread's sum is rescaled whenever its maximum grows (Milakov and Gimelshein, arXiv 1805.02867).
    private static void SoftmaxRows<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        long first = (long)Grid.IdxX * a.Packs;
        float most = float.MinValue, sum = 0; // finite, so that the weight of −∞ is 0 and no difference of infinities
        for (int i = Group.IdxX; i < a.Packs; i += IlgpuQueue.GroupThreads)
        {
            Quad value = Packs.Load(a.X, first + i);
            float grown = XMath.Max(most, pack.Max(value));
            sum = sum * IlgpuMath.Exp(most - grown) + pack.Sum((value - grown).Exp);
            most = grown;
        }
        float max = GroupMax.Of(most);
        float factor = Pinned.Of(1 / GroupSum.Of(sum * IlgpuMath.Exp(most - max)));
        for (int i = Group.IdxX; i < a.Packs; i += IlgpuQueue.GroupThreads)
            a.Y[first + i] = pack.From((Packs.Load(a.X, first + i) - max).Exp * factor);
    }

    internal readonly record struct Arguments<TPack>(ArrayView<TPack> X, ArrayView<TPack> Y, int Packs) where TPack : unmanaged;

    private readonly struct Launch(Softmax softmax, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            int packs = softmax.width / default(TPack).Count;
            if (packs == 0)
                return;
            long count = softmax.rows * packs;
            queue.LaunchRows(SoftmaxRows, softmax.rows, new Arguments<TPack>(
                queue.View<TPack>(softmax.x, count), queue.View<TPack>(softmax.y, count), packs));
        }
    }
}
