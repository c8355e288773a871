using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct RelativeL1
{
    private const int MostGroups = IlgpuQueue.GroupThreads; // so that one group adds up what they found; the same on any card

    private static long IlgpuPartBytes => MostGroups * sizeof(FloatPair);

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (StoredAs.Format(x) != StoredAs.Format(reference))
            throw new NotSupportedException("The portable kernels of the relative L1 distance have two operands of one type.");
        Packs.Run(x, Packs.Count(count, x, reference), new Launch(this, queue));
    }

    // A thread adds up every so manieth pack, a group what its threads found.
    private static void RelativeL1Parts<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        long step = (long)Grid.DimX * Group.DimX;
        var sums = new FloatPair(0, 0);
        for (long index = IlgpuQueue.Index; index < a.X.Length; index += step)
        {
            Quad x = Packs.Load(a.X, index), reference = Packs.Load(a.Reference, index);
            sums += new FloatPair(pack.Sum(Magnitudes(x + reference * -1)), pack.Sum(Magnitudes(reference)));
        }
        sums = LaneSum.Of(sums, IlgpuQueue.GroupThreads);
        if (Group.IdxX == 0)
            a.Parts[Grid.IdxX] = sums;
    }

    private static void RelativeL1Sums(SumArguments a)
    {
        var sums = new FloatPair(0, 0);
        for (int index = Group.IdxX; index < a.Parts.Length; index += IlgpuQueue.GroupThreads)
        {
            FloatPair part = a.Parts[index];
            sums += part;
        }
        sums = LaneSum.Of(sums, IlgpuQueue.GroupThreads);
        if (Group.IdxX != 0)
            return;
        a.Y[0] = sums.First;
        a.Y[1] = sums.Second;
    }

    private static Quad Magnitudes(Quad value) => new(XMath.Abs(value.X), XMath.Abs(value.Y), XMath.Abs(value.Z), XMath.Abs(value.W));

    internal readonly record struct Arguments<TPack>(ArrayView<TPack> X, ArrayView<TPack> Reference, ArrayView<FloatPair> Parts)
        where TPack : unmanaged;

    internal readonly record struct SumArguments(ArrayView<FloatPair> Parts, ArrayView<float> Y);

    private readonly struct Launch(RelativeL1 operation, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            long packs = operation.count / default(TPack).Count;
            long groups = Math.Min(MostGroups, (packs + IlgpuQueue.GroupThreads - 1) / IlgpuQueue.GroupThreads);
            ArrayView<FloatPair> parts = queue.View<FloatPair>(operation.parts, groups);
            queue.LaunchRows(RelativeL1Parts, groups, new Arguments<TPack>(
                queue.View<TPack>(operation.x, packs), queue.View<TPack>(operation.reference, packs), parts));
            queue.LaunchRows(RelativeL1Sums, 1, new SumArguments(parts, queue.View<float>((void*)operation.y, 2)));
        }
    }
}
