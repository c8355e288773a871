using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct AverageFramePairs
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => Packs.Run(x, Packs.Count(inner, x, y), new Launch(this, queue));

    // A thread a pack.
    private static void AverageFrames<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        long index = IlgpuQueue.Index;
        if (index >= a.Y.Length)
            return;
        long whole = Division.Quotient(index, a.Packs), batch = Division.Quotient(whole, a.Results), result = whole - batch * a.Results;
        int odd = a.Frames & 1;
        long first = batch * a.Frames + (result > 0 ? 2 * result - odd : 0), second = first + (odd == 1 && result == 0 ? 0 : 1);
        long inFrame = index - whole * a.Packs;
        Quad sum = Packs.Load(a.X, first * a.Packs + inFrame) + Packs.Load(a.X, second * a.Packs + inFrame);
        a.Y[index] = default(TPack).From(sum * 0.5f);
    }

    internal readonly record struct Arguments<TPack>(ArrayView<TPack> X, ArrayView<TPack> Y, long Packs, int Frames, int Results)
        where TPack : unmanaged;

    private readonly struct Launch(AverageFramePairs operation, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            (int frames, int results) = (operation.frames, operation.Results);
            long packs = operation.inner / default(TPack).Count, count = packs * operation.batch * results;
            if (count == 0)
                return;
            queue.LaunchEach(AverageFrames, count, new Arguments<TPack>(
                queue.View<TPack>(operation.x, packs * operation.batch * frames), queue.View<TPack>(operation.y, count), packs, frames,
                results));
        }
    }
}
