using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct Blend
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => Packs.Run(after, Packs.Count(inner, before, after, y), new Launch(this, queue));

    // A thread a pack.
    private static void BlendPacks<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        long index = IlgpuQueue.Index;
        if (index >= a.Y.Length)
            return;
        Quad value = Packs.Load(a.After, index);
        long whole = Division.Quotient(index, a.Packs), block = Division.Quotient(whole, a.AfterSize), row = whole - block * a.AfterSize;
        if (row < a.Extent)
        {
            long source = (block * a.BeforeSize + a.BeforeSize - a.Extent + row) * a.Packs + (index - whole * a.Packs);
            float share = (float)row / a.Extent;
            value = pack.Read(a.Before, source * pack.Count) * (1 - share) + value * share;
        }
        a.Y[index] = pack.From(value);
    }

    internal readonly record struct Arguments<TPack>(
        AnyNumbers Before, ArrayView<TPack> After, ArrayView<TPack> Y, long Packs, int BeforeSize, int AfterSize, int Extent)
        where TPack : unmanaged;

    private readonly struct Launch(Blend blend, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            long packs = blend.inner / default(TPack).Count, count = blend.outer * blend.afterSize * packs;
            if (count == 0)
                return;
            queue.LaunchEach(BlendPacks, count, new Arguments<TPack>(
                new AnyNumbers(queue, blend.before, blend.outer * blend.beforeSize * blend.inner), queue.View<TPack>(blend.after, count),
                queue.View<TPack>(blend.y, count), packs, blend.beforeSize, blend.afterSize, blend.extent));
        }
    }
}
