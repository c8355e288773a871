using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct LayerNorm
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        long widths = (long)(uint)width | shift.BatchStride | scale.BatchStride;
        int count = Packs.Count(widths, x, weight, bias, y, shift.Text, shift.Video, scale.Text, scale.Video);
        Packs.Run(x, count, new Launch(this, queue));
    }

    // A group a row.
    private static void LayerNormRows<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        long row = Grid.IdxX, first = row * a.Packs;
        int thread = Group.IdxX;
        PackMoments moments = new(thread < a.Packs ? PackMoments.Shift<TPack>(Packs.Load(a.X, first + thread)) : 0);
        for (int i = thread; i < a.Packs; i += IlgpuQueue.GroupThreads)
            moments = moments.With<TPack>(Packs.Load(a.X, first + i));
        RowNormal normal = RowNormal.Of(moments, IlgpuQueue.GroupThreads, (float)a.Packs * pack.Count, a.Epsilon);
        RowVector shift = default, scale = default;
        if (!a.Scale.IsNull)
        {
            shift = a.Shift.Of(row);
            scale = a.Scale.Of(row);
        }
        for (int i = thread; i < a.Packs; i += IlgpuQueue.GroupThreads)
        {
            int column = i * pack.Count;
            Quad value = normal.Apply(Packs.Load(a.X, first + i));
            if (!a.Weight.IsNull)
                value *= pack.Read(a.Weight, column);
            if (!a.Bias.IsNull)
                value += pack.Read(a.Bias, column);
            if (!a.Scale.IsNull)
                value = value * (scale.Read<TPack>(column) + 1) + shift.Read<TPack>(column);
            a.Y[first + i] = pack.From(value);
        }
    }

    internal readonly record struct Arguments<TPack>(
        ArrayView<TPack> X, AnyNumbers Weight, AnyNumbers Bias, ArrayView<TPack> Y, RowVectors Shift, RowVectors Scale,
        int Packs, float Epsilon)
        where TPack : unmanaged;

    private readonly struct Launch(LayerNorm norm, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            int packs = norm.width / default(TPack).Count;
            if (norm.rows == 0 || packs == 0)
                return;
            queue.LaunchRows(LayerNormRows, norm.rows, new Arguments<TPack>(
                queue.View<TPack>(norm.x, norm.rows * packs), new AnyNumbers(queue, norm.weight, norm.width),
                new AnyNumbers(queue, norm.bias, norm.width), queue.View<TPack>(norm.y, norm.rows * packs),
                new RowVectors(queue, norm.shift, norm.rows, norm.width),
                new RowVectors(queue, norm.scale, norm.rows, norm.width), packs, norm.epsilon));
        }
    }
}
