using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>Products of the sizes that CogVideoX and T5 have, as a share of what the machine can do.</summary>
internal static class LinearBenchmark
{
    private static readonly (int M, int N, int K)[] Many =
        [(2048, 2048, 2048), (4444, 7680, 1920), (994, 12288, 3072), (226, 10240, 4096)];

    private static readonly (int M, int N, int K)[] Few =
        [(1, 18432, 3072), (2, 18432, 3072), (4, 10240, 4096), (8, 10240, 4096), (16, 10240, 4096)];

    public static void Run(int threads)
    {
        using var team = new CpuThreads(threads);
        double peak = Peak.Flops(team), read = Peak.Read(team);
        Console.WriteLine($"{threads} threads: peak {peak:F0} GFLOP/s, read {read:F1} GB/s");
        Console.WriteLine("      M      N     K  weights   GFLOP/s  of peak  at that time     GB/s  of read");
        using Ops ops = Ops.OnCpu(threads);
        foreach ((int m, int n, int k) in Many.Concat(Few))
        {
            foreach (DType type in new[] { DType.F32, DType.BF16 })
                Measure(ops, team, m, n, k, type, peak, read);
        }
    }

    private static void Measure(Ops ops, CpuThreads team, int m, int n, int k, DType type, double peak, double read)
    {
        using MemoryScope scope = ops.Scope();
        Tensor x = RandomTensor.Of(ops, DType.F32, [m, k]), weight = RandomTensor.Of(ops, type, [n, k]);
        CheckSome(x, weight, ops.Linear(x, weight));
        Best best = Best.Of(m > 16 ? 5 : 15, team, () => ops.Memory.Release(ops.Linear(x, weight)));
        double giga = 2e-9 * m * n * k, flops = giga / best.Wall, bytes = (weight.Bytes + x.Bytes + 4.0 * m * n) / best.Wall / 1e9;
        Console.WriteLine($"{m,7} {n,6} {k,5}  {type,-8}{flops,9:F1}  {flops / peak,7:P0} {giga / best.Possible,13:P0} {bytes,8:F1}  {bytes / read,7:P0}");
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
