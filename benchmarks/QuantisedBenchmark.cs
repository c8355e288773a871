using System.Diagnostics;
using CogVideoX.Kernels;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>
/// A block of the released T5 with random weights in bf16 and in quantised blocks, a text of 226 tokens at a time: all types take turns,
/// so that neighbours slow all of them down; and how fast blocks are widened.
/// </summary>
internal static class QuantisedBenchmark
{
    private const int Blocks = 1, ReleasedBlocks = 24, Tokens = 226, Rounds = 5;

    private static readonly DType[] Types = [DType.BF16, DType.F8E4M3, DType.Q8Blocks32, DType.Q4Blocks32, DType.Q4Blocks256];

    private static readonly T5Config Released = new()
    {
        Vocabulary = 32128,
        Width = 4096,
        HeadDim = 64,
        FeedForwardWidth = 10240,
        Layers = Blocks,
        Heads = 64,
        RelativeBuckets = 32,
        RelativeMaxDistance = 128,
        NormEpsilon = 1e-6,
        PadId = 0,
        EndId = 1,
    };

    public static void Run(int threads, Compute compute)
    {
        using Ops ops = compute.Open(threads);
        int[] ids = [.. Enumerable.Range(5, Tokens)];
        var weights = Types.Select(type => new Weights(ops, type)).ToArray();
        T5Encoder[] encoders = [.. weights.Select(of => new T5Encoder(new WeightReader(ops, of), Released))];
        var seconds = new List<double>[Types.Length];
        for (int round = 0; round <= Rounds; round++)
        {
            for (int i = 0; i < encoders.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                ops.Memory.Release(encoders[i].Forward(ids, batch: 1));
                (seconds[i] ??= []).Add(round == 0 ? double.PositiveInfinity : Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        Console.WriteLine($"{threads} threads, {(compute.IsBf16 ? "bf16" : "fp32")}, {Tokens} tokens; memory beside the weights at most "
            + $"{(ops.Memory.PeakBytes - ops.Memory.LastingBytes) / 1e6:F0} MB");
        Console.WriteLine($"weights   GB of {ReleasedBlocks} blocks   ms a block: best   mean   of bf16's   widening: numbers/ns");
        for (int i = 0; i < Types.Length; i++)
        {
            double best = seconds[i].Min() / Blocks, mean = seconds[i].Skip(1).Average() / Blocks;
            double ofFirst = seconds[i].Skip(1).Sum() / seconds[0].Skip(1).Sum();
            double widened = WidenedPerNanosecond(ops, Types[i]), gigabytes = weights[i].BytesOf(ReleasedBlocks) / 1e9;
            Console.WriteLine($"{Types[i],-10}{gigabytes,12:F2}{1e3 * best,25:F1}{1e3 * mean,7:F1}{ofFirst,11:F2}{widened,22:F2}");
        }
        foreach (DType type in DType.Blocked.Except(Types))
            Console.WriteLine($"{type,-65}{WidenedPerNanosecond(ops, type),22:F2}");
    }

    // By one thread, from the second-level cache.
    private static unsafe double WidenedPerNanosecond(Ops ops, DType type)
    {
        const int Count = 64 * 1024;
        using MemoryScope scope = ops.Scope();
        Tensor source = ops.Memory.Empty([Count], type), target = ops.Memory.Empty([Count], DType.F32);
        new Random(1).NextBytes(new Span<byte>(source.Address, (int)source.Bytes));
        double best = double.PositiveInfinity;
        for (int round = 0; round < 200; round++)
        {
            long start = Stopwatch.GetTimestamp();
            Widen.ToFloats(source.Elements, (float*)target.Address, Count);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return Count / best;
    }

    /// <summary>Matrices of random bits in a type, norms of ones.</summary>
    private sealed class Weights(Ops ops, DType type) : IWeights
    {
        private readonly HashSet<string> used = [];
        private long blockBytes, otherBytes;

        public IReadOnlySet<string> Used => used;

        public IReadOnlyList<Tensor> Made => [];

        /// <summary>Bytes of all weights, were there so many blocks.</summary>
        public long BytesOf(int blocks) => otherBytes + blockBytes / Blocks * blocks;

        public unsafe Tensor Get(string key, Shape shape)
        {
            bool isMatrix = shape.Rank == 2 && shape[1] % 256 == 0;
            Tensor tensor = ops.Memory.Lasting(shape, isMatrix ? type : DType.F32);
            var random = new Random(1);
            for (long i = 0; i < tensor.Bytes; i += 1 << 20)
                random.NextBytes(new Span<byte>(tensor.Address + i, (int)Math.Min(1 << 20, tensor.Bytes - i)));
            // Bits of exponents away: small numbers, of which none is infinite.
            for (long i = 0; i < tensor.Bytes; i++)
                tensor.Address[i] &= 0xBE;
            _ = key.StartsWith(T5Encoder.Layers, StringComparison.Ordinal) ? blockBytes += tensor.Bytes : otherBytes += tensor.Bytes;
            used.Add(key);
            return tensor;
        }

        public Tensor GetTied(string key, string alias, Shape shape) => Get(key, shape);

        public LoraUpdate[] Updates(string module, Shape weight) => [];

        public IReadOnlyList<string> Finish(string prefix) => [];
    }
}
