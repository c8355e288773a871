using System.Numerics;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly partial struct QkNormRope
{
    private const int PacksPerLane = 2; // enough loads under way, and few steps of the sum over lanes

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        int count = Packs.Count(width, x, weight, bias, cosine, sine, y);
        // A pair is rotated by one thread. (Activations begin at whole blocks of memory, or at rows of even length in them.)
        Packs.Run(x, cosine.IsNull ? count : Math.Max(2, count), new Launch(this, queue));
    }

    // Some neighbouring threads a head.
    private static void QkNormRopeHeads<TPack>(Arguments<TPack> a) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = default;
        int lane = Group.IdxX & (a.Lanes - 1), headsPerGroup = IlgpuQueue.GroupThreads / a.Lanes;
        long row = (long)Grid.IdxX * headsPerGroup + Group.IdxX / a.Lanes, first = row * a.Packs;
        int packs = row < a.Rows ? a.Packs : 0; // no thread leaves before the barriers of the sums
        RowNormal normal = default;
        if (!a.Weight.IsNull)
        {
            PackMoments moments = new(lane < packs ? PackMoments.Shift<TPack>(Packs.Load(a.X, first + lane)) : 0);
            for (int i = lane; i < packs; i += a.Lanes)
                moments = moments.With<TPack>(Packs.Load(a.X, first + i));
            normal = RowNormal.Of(moments, a.Lanes, (float)a.Packs * pack.Count, a.Epsilon);
        }
        long token = Division.Quotient(row, a.Heads);
        long position = token - Division.Quotient(token, a.Tokens) * a.Tokens - a.TextTokens;
        for (int i = lane; i < packs; i += a.Lanes)
        {
            int column = i * pack.Count;
            Quad value = Packs.Load(a.X, first + i);
            if (!a.Weight.IsNull)
                value = normal.Apply(value) * pack.Read(a.Weight, column);
            if (!a.Bias.IsNull)
                value += pack.Read(a.Bias, column);
            if (!a.Cosine.IsNull && position >= 0)
            {
                long angle = position * (a.Packs * pack.Count) + column;
                value = value * pack.Read(a.Cosine, angle) + value.TimesI * pack.Read(a.Sine, angle);
            }
            a.Y[first + i] = pack.From(value);
        }
    }

    internal readonly record struct Arguments<TPack>(
        ArrayView<TPack> X, AnyNumbers Weight, AnyNumbers Bias, AnyNumbers Cosine, AnyNumbers Sine, ArrayView<TPack> Y, float Epsilon,
        long Rows, int Packs, int Lanes, int Heads, int Tokens, int TextTokens)
        where TPack : unmanaged;

    private readonly struct Launch(QkNormRope operation, IlgpuQueue queue) : IPackAction
    {
        public void Run<TPack>() where TPack : unmanaged, IPack<TPack>
        {
            (int tokens, int heads, int width) = (operation.tokens, operation.heads, operation.width);
            int packs = width / default(TPack).Count;
            long rows = (long)operation.batch * tokens * heads, angles = (long)(tokens - operation.textTokens) * width;
            if (rows == 0 || packs == 0)
                return;
            int lanes = (int)Math.Min(IlgpuQueue.GroupThreads, BitOperations.RoundUpToPowerOf2((uint)(packs / PacksPerLane)));
            lanes = Math.Max(1, lanes);
            var arguments = new Arguments<TPack>(
                queue.View<TPack>(operation.x, rows * packs), new AnyNumbers(queue, operation.weight, width),
                new AnyNumbers(queue, operation.bias, width), new AnyNumbers(queue, operation.cosine, angles),
                new AnyNumbers(queue, operation.sine, angles), queue.View<TPack>(operation.y, rows * packs), operation.epsilon,
                rows, packs, lanes, heads, tokens, operation.textTokens);
            queue.LaunchEach(QkNormRopeHeads, rows * lanes, arguments);
        }
    }
}
