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

    public static void Run(int threads, Compute compute)
    {
        using var team = new CpuThreads(threads);
        Console.WriteLine($"{threads} threads");
        Console.WriteLine($" tokens  heads  width        ms   GFLOP/s  processor   {Share.Heading("peak")}   {Share.Heading("loop")}");
        using Ops ops = compute.Open(threads);
        CheckOne(ops, compute);
        foreach ((int tokens, int heads, int width) in Sizes)
        {
            using MemoryScope scope = ops.Scope();
            Shape shape = [1, tokens, heads, width];
            Tensor q = compute.Random(ops, shape);
            Tensor k = compute.Random(ops, shape);
            Tensor v = compute.Random(ops, shape);
            double giga = 4e-9 * tokens * tokens * heads * width;
            Turns[] turns = Turns.Of(
                tokens > 4096 ? 9 : 20, team,
                () => ops.Memory.Release(ops.Attention(q, k, v)), () => compute.Turn(team), () => MicroKernelLoop.Turn(team));
            Console.WriteLine(
                $"{tokens,7} {heads,6} {width,6} {1e3 * turns[0].Wall,9:F1} {giga / turns[0].Wall,9:F1} {giga / turns[0].Best,10:F1}   "
                + $"{new Share(turns[0], giga, turns[1], compute.TurnGigaflops(team))}   "
                + new Share(turns[0], giga, turns[2], MicroKernelLoop.TurnGigaflops(team)));
        }
    }

    // The gate: the naive form on the same numbers.
    private static void CheckOne(Ops ops, Compute compute)
    {
        using var naive = new Ops(new ReferenceDevice());
        using MemoryScope scope = ops.Scope();
        Tensor x = compute.Random(ops, [1, 700, 2, 64]);
        float[] expected = naive.Attention(x, x, x).ToFloats(), actual = ops.Attention(x, x, x).ToFloats();
        double error = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
        if (!(error < (compute.IsBf16 ? 5e-3 : 1e-5)))
            throw new InvalidOperationException($"Attention is wrong by {error:E1}.");
    }
}
