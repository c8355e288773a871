using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CountNotFinite
{
    private const int GroupsPerMultiprocessor = 16; // as many as fit at once

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        queue.LaunchEach(ClearCount, 1, new Result(queue.View<long>(y, 1)));
        Packs.Run(x, Packs.Count(count, x), new Launch(this, queue));
    }

    private static void ClearCount(Result a)
    {
        if (IlgpuQueue.Index == 0)
            a.Y[0] = 0;
    }

    // Each thread counts every so manieth pack. Nearly always there is nothing to add, so nothing waits for anything.
    private static void CountNotFinitePacks<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        long step = (long)Grid.DimX * Group.DimX, found = 0;
        for (long index = IlgpuQueue.Index; index < a.X.Length; index += step)
        {
            Quad value = Packs.Load(a.X, index);
            found += (int)pack.Sum(new Quad(IsNotFinite(value.X), IsNotFinite(value.Y), IsNotFinite(value.Z), IsNotFinite(value.W)));
        }
        if (found > 0)
            Atomic.Add(ref a.Y[0], found);
    }

    // 1 where the exponent is all ones. By arithmetic, since ILGPU 1.5 takes a number that a branch of threads apart chose among constants
    // for the same in all of them, and what depends on it for a branch that they take together (bra.uni).
    private static float IsNotFinite(float value) => (int)(((Interop.FloatAsInt(value) & 0x7F80_0000) + 0x0080_0000) >> 31);

    internal readonly record struct Result(ArrayView<long> Y);

    internal readonly record struct Arguments<TPack>(ArrayView<TPack> X, ArrayView<long> Y) where TPack : unmanaged;

    private readonly struct Launch(CountNotFinite operation, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            long packs = operation.count / default(TPack).Count;
            if (packs == 0)
                return;
            long threads = Math.Min(packs, (long)queue.Multiprocessors * GroupsPerMultiprocessor * IlgpuQueue.GroupThreads);
            queue.LaunchEach(
                CountNotFinitePacks, threads,
                new Arguments<TPack>(queue.View<TPack>(operation.x, packs), queue.View<long>(operation.y, 1)));
        }
    }
}
