using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct Map<TFunction>
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => StoredAs.Run(x, new Launch(this, queue));

    private static void MapNumbers<T>(Arguments<T> a) where T : unmanaged, IStored<T>
    {
        long index = IlgpuQueue.Index;
        if (index < a.Y.Length)
            a.Y[index] = default(T).From(default(TFunction).Portable(a.X[index].Value));
    }

    internal readonly record struct Arguments<T>(ArrayView<T> X, ArrayView<T> Y) where T : unmanaged;

    private readonly struct Launch(Map<TFunction> map, IlgpuQueue queue) : IStoredAs
    {
        public void Run<T>() where T : unmanaged, IStored<T> => queue.LaunchEach(
            MapNumbers, map.count, new Arguments<T>(queue.View<T>(map.x, map.count), queue.View<T>(map.y, map.count)));
    }
}
