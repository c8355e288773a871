using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

internal readonly partial struct RmsNorm
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue) => StoredAs.Run(x, weight, new Launch(this, queue));

    // A group a row.
    private static void RmsNormRows<T, TWeight>(Arguments<T, TWeight> a)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>
    {
        long first = (long)Grid.IdxX * a.Width;
        float squares = 0;
        for (int i = Group.IdxX; i < a.Width; i += IlgpuQueue.GroupThreads)
        {
            float value = a.X[first + i].Value;
            squares += value * value;
        }
        float factor = 1 / XMath.Sqrt(GroupSum.Of(squares) / a.Width + a.Epsilon);
        for (int i = Group.IdxX; i < a.Width; i += IlgpuQueue.GroupThreads)
            a.Y[first + i] = default(T).From(a.X[first + i].Value * factor * a.Weight[i].Value);
    }

    internal readonly record struct Arguments<T, TWeight>(
        ArrayView<T> X, ArrayView<TWeight> Weight, ArrayView<T> Y, int Width, float Epsilon)
        where T : unmanaged
        where TWeight : unmanaged;

    private readonly struct Launch(RmsNorm norm, IlgpuQueue queue) : IStoredAsTwo
    {
        public void Run<T, TWeight>()
            where T : unmanaged, IStored<T>
            where TWeight : unmanaged, IStored<TWeight>
        {
            long count = norm.rows * norm.width;
            queue.LaunchRows(RmsNormRows, norm.rows, new Arguments<T, TWeight>(
                queue.View<T>(norm.x, count), queue.View<TWeight>(norm.weight, norm.width), queue.View<T>(norm.y, count),
                norm.width, norm.epsilon));
        }
    }
}
