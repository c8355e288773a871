using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

internal readonly partial struct SampleGaussian
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => Packs.Run(mean, 1, new Launch(this, queue));

    // A thread a number: latents are few.
    private static void Sample<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        long index = IlgpuQueue.Index;
        if (index >= a.Y.Length)
            return;
        float half = 0.5f * XMath.Clamp(a.LogVariance.One(index), LeastLogVariance, MostLogVariance);
        float value = Packs.Load(a.Mean, index).X + IlgpuMath.Exp(half) * a.Noise.One(index);
        a.Y[index] = default(TPack).From(new Quad(value, 0, 0, 0));
    }

    internal readonly record struct Arguments<TPack>(ArrayView<TPack> Mean, AnyNumbers LogVariance, AnyNumbers Noise, ArrayView<TPack> Y)
        where TPack : unmanaged;

    private readonly struct Launch(SampleGaussian operation, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            long count = operation.count;
            if (count == 0)
                return;
            queue.LaunchEach(Sample, count, new Arguments<TPack>(
                queue.View<TPack>(operation.mean, count), new AnyNumbers(queue, operation.logVariance, count),
                new AnyNumbers(queue, operation.noise, count), queue.View<TPack>(operation.y, count)));
        }
    }
}
