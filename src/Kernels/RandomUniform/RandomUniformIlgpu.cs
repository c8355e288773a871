using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct RandomUniform
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => Packs.Run(y, 1, new Launch(this, queue));

    private static void Draw<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        long index = IlgpuQueue.Index;
        if (index < a.Y.Length)
            a.Y[index] = default(TPack).From(new Quad(At(a.Key, a.Centre, a.Step, index), 0, 0, 0));
    }

    internal readonly record struct Arguments<TPack>(ulong Key, float Centre, float Step, ArrayView<TPack> Y) where TPack : unmanaged;

    private readonly struct Launch(RandomUniform operation, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            if (operation.count > 0)
            {
                queue.LaunchEach(Draw, operation.count, new Arguments<TPack>(
                    operation.key, operation.centre, operation.step, queue.View<TPack>(operation.y, operation.count)));
            }
        }
    }
}
