using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct Cast
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => StoredAs.Run(x, y, new Launch(this, queue));

    private static void CastNumbers<TFrom, TTo>(Arguments<TFrom, TTo> a)
        where TFrom : unmanaged, IStored<TFrom>
        where TTo : unmanaged, IStored<TTo>
    {
        long index = IlgpuQueue.Index;
        if (index < a.Y.Length)
            a.Y[index] = default(TTo).From(a.X[index].Value);
    }

    internal readonly record struct Arguments<TFrom, TTo>(ArrayView<TFrom> X, ArrayView<TTo> Y)
        where TFrom : unmanaged
        where TTo : unmanaged;

    private readonly struct Launch(Cast cast, IlgpuQueue queue) : IStoredAsTwo
    {
        public void Run<TFrom, TTo>()
            where TFrom : unmanaged, IStored<TFrom>
            where TTo : unmanaged, IStored<TTo> => queue.LaunchEach(
                CastNumbers, cast.count,
                new Arguments<TFrom, TTo>(queue.View<TFrom>(cast.x, cast.count), queue.View<TTo>(cast.y, cast.count)));
    }
}
