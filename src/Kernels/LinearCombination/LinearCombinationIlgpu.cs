using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct LinearCombination
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) =>
        Packs.Run(y, Packs.Count(count, y, terms[0].X, terms[1].X, terms[2].X, terms[3].X), new Launch(this, queue));

    // A thread a pack.
    private static void CombinePacks<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        long index = IlgpuQueue.Index;
        if (index >= a.Y.Length)
            return;
        Quad sum = a.First.Read<TPack>(index);
        if (!a.Second.IsNull)
            sum += a.Second.Read<TPack>(index);
        if (!a.Third.IsNull)
            sum += a.Third.Read<TPack>(index);
        if (!a.Fourth.IsNull)
            sum += a.Fourth.Read<TPack>(index);
        a.Y[index] = default(TPack).From(sum);
    }

    internal readonly record struct Arguments<TPack>(Term First, Term Second, Term Third, Term Fourth, ArrayView<TPack> Y)
        where TPack : unmanaged;

    internal readonly struct Term(AnyNumbers x, float factor)
    {
        private readonly AnyNumbers x = x;
        private readonly float factor = factor;

        public bool IsNull => x.IsNull;

        public Quad Read<TPack>(long index) where TPack : unmanaged, IPack<TPack> =>
            default(TPack).Read(x, index * default(TPack).Count) * factor;
    }

    private readonly struct Launch(LinearCombination operation, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            long packs = operation.count / default(TPack).Count;
            if (packs == 0)
                return;
            queue.LaunchEach(
                CombinePacks, packs, new Arguments<TPack>(Of(0), Of(1), Of(2), Of(3), queue.View<TPack>(operation.y, packs)));
        }

        private Term Of(int term) =>
            new(new AnyNumbers(queue, operation.terms[term].X, operation.count), operation.terms[term].Factor);
    }
}
