using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>
/// Products of the sizes that CogVideoX and T5 have, as a share of what the machine can do: its multiply-adds on registers alone,
/// and beside that the micro-kernel in L1 or, for few rows, the reading of memory.
/// </summary>
internal static class LinearBenchmark
{
    private const int FewRows = 16;

    private static readonly (int M, int N, int K)[] Cases =
    [
        (2048, 2048, 2048), (4444, 7680, 1920), (994, 1920, 1920), (994, 7680, 1920), (994, 1920, 7680),
        (994, 12288, 3072), (226, 10240, 4096),
        (1, 18432, 3072), (2, 18432, 3072), (4, 10240, 4096), (8, 10240, 4096), (16, 10240, 4096),
    ];

    public static void Run(int threads, Compute compute)
    {
        using var team = new CpuThreads(threads);
        using var limit = new ReadLimit();
        using Ops ops = compute.Open(threads);
        Console.WriteLine($"{threads} threads");
        Console.WriteLine(
            $"      M      N     K  weights        ms   GFLOP/s  processor   {Share.Heading("peak")}   {Share.Heading("loop or read")}");
        foreach ((int m, int n, int k) in Cases)
        {
            foreach (DType type in compute.IsBf16 ? [DType.BF16] : new[] { DType.F32, DType.BF16, DType.F16 })
                Measure(ops, team, limit, m, n, k, type, compute);
        }
    }

    private static void Measure(Ops ops, CpuThreads team, ReadLimit limit, int m, int n, int k, DType type, Compute compute)
    {
        using MemoryScope scope = ops.Scope();
        Tensor x = compute.Random(ops, [m, k]), weight = RandomTensor.Of(ops, type, [n, k]);
        CheckSome(x, weight, ops.Linear(x, weight));
        bool few = m <= FewRows;
        Turns[] turns = Turns.Of(
            few ? 40 : 9, team,
            () => ops.Memory.Release(ops.Linear(x, weight)),
            () => compute.Turn(team),
            few ? () => limit.Sweep(team) : () => MicroKernelLoop.Turn(team));
        double giga = 2e-9 * m * n * k, gigabytes = (weight.Bytes + x.Bytes) / 1e9;
        var peak = new Share(turns[0], giga, turns[1], compute.TurnGigaflops(team));
        Share other = few
            ? new Share(turns[0], gigabytes, turns[2], ReadLimit.Giga)
            : new Share(turns[0], giga, turns[2], MicroKernelLoop.TurnGigaflops(team));
        Console.WriteLine(
            $"{m,7} {n,6} {k,5}  {type,-8}{1e3 * turns[0].Wall,8:F1} {giga / turns[0].Wall,9:F1} {giga / turns[0].Best,10:F1}   "
                + $"{peak}   {other}");
    }

    // The gate: a wrong product isn't a fast one.
    private static void CheckSome(Tensor x, Tensor weight, Tensor y)
    {
        int m = x.Shape[0], n = weight.Shape[0], k = x.Shape[1];
        var random = new Random(2);
        for (int i = 0; i < 200; i++)
        {
            int row = random.Next(m), column = random.Next(n);
            float[] weights = weight.Rows(column, 1).ToFloats();
            ReadOnlySpan<float> values = x.AsSpan<float>().Slice(row * k, k);
            double sum = 0;
            for (int j = 0; j < k; j++)
                sum += (double)values[j] * weights[j];
            double error = Math.Abs(sum - y.AsSpan<float>()[row * n + column]);
            if (!(error < 1e-5 * k))
                throw new InvalidOperationException($"Element [{row}, {column}] of {x} times {weight} is wrong by {error:E1}.");
        }
    }
}
