using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>
/// Attention over sequences of the transformer's lengths, as a share of the machine's multiply-adds on registers alone, and of the
/// micro-kernel in L1; only the products count.
/// </summary>
internal static class AttentionBenchmark
{
    private static readonly (int Tokens, int Heads, int Width)[] Sizes =
        [(226, 30, 64), (1024, 8, 64), (4096, 2, 64), (17776, 1, 64), (1024, 4, 128)];

    public static void Run(int threads)
    {
        using var team = new CpuThreads(threads);
        Console.WriteLine($"{threads} threads");
        Console.WriteLine($" tokens  heads  width        ms   GFLOP/s  processor   {Share.Heading("peak")}   {Share.Heading("loop")}");
        using Ops ops = Ops.OnCpu(threads);
        CheckOne(ops);
        foreach ((int tokens, int heads, int width) in Sizes)
        {
            using MemoryScope scope = ops.Scope();
            Shape shape = [1, tokens, heads, width];
            Tensor q = RandomTensor.Of(ops, DType.F32, shape);
            Tensor k = RandomTensor.Of(ops, DType.F32, shape);
            Tensor v = RandomTensor.Of(ops, DType.F32, shape);
            double giga = 4e-9 * tokens * tokens * heads * width;
            Turns[] turns = Turns.Of(
                tokens > 4096 ? 9 : 20, team,
                () => ops.Memory.Release(ops.Attention(q, k, v)), () => Peak.Turn(team), () => MicroKernelLoop.Turn(team));
            Console.WriteLine(
                $"{tokens,7} {heads,6} {width,6} {1e3 * turns[0].Wall,9:F1} {giga / turns[0].Wall,9:F1} {giga / turns[0].Best,10:F1}   "
                + $"{new Share(turns[0], giga, turns[1], Peak.TurnGigaflops(team))}   "
                + new Share(turns[0], giga, turns[2], MicroKernelLoop.TurnGigaflops(team)));
        }
    }

    // The gate: the naive form on the same numbers.
    private static void CheckOne(Ops ops)
    {
        using var naive = new Ops(new ReferenceDevice());
        using MemoryScope scope = ops.Scope();
        Tensor x = RandomTensor.Of(ops, DType.F32, [1, 700, 2, 64]);
        float[] expected = naive.Attention(x, x, x).ToFloats(), actual = ops.Attention(x, x, x).ToFloats();
        double error = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
        if (!(error < 1e-5))
            throw new InvalidOperationException($"Attention is wrong by {error:E1}.");
    }
}
