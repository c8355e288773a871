using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct Add
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => Packs.Run(a, Packs.Count(width, a, b, y), new Launch(this, queue));

    // A thread a pack.
    private static void AddPacks<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        long index = IlgpuQueue.Index;
        if (index >= a.Y.Length)
            return;
        long column = index < a.Columns ? index : index - Division.Quotient(index, a.Columns) * a.Columns;
        a.Y[index] = pack.From(Packs.Load(a.A, index) + pack.Read(a.B, column * pack.Count));
    }

    internal readonly record struct Arguments<TPack>(ArrayView<TPack> A, AnyNumbers B, ArrayView<TPack> Y, long Columns)
        where TPack : unmanaged;

    private readonly struct Launch(Add add, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            long columns = add.width / default(TPack).Count, count = add.rows * columns;
            if (count == 0)
                return;
            queue.LaunchEach(AddPacks, count, new Arguments<TPack>(
                queue.View<TPack>(add.a, count), new AnyNumbers(queue, add.b, add.width), queue.View<TPack>(add.y, count), columns));
        }
    }
}
