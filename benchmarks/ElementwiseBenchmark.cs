using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>
/// Norms and element-wise operations on 75 MiB, which no cache holds, as a share of a copy between arrays of that size. Counted are
/// the bytes that must be moved: what is read once and what is written once; for group norm, whose statistics need all of x
/// before anything can be written, x twice.
/// </summary>
internal static unsafe class ElementwiseBenchmark
{
    private const int Rows = 10240, Width = 1920, Channels = 128, TextTokens = 226;
    private const long Bytes = (long)Rows * Width * sizeof(float);
    private const int Rounds = 15;

    private sealed record Case(string Name, int Passes, Func<Ops, Tensor> Run);

    public static void Run(int threads)
    {
        using var team = new CpuThreads(threads);
        using Ops ops = Ops.OnCpu(threads);
        using var naive = new Ops(new ReferenceDevice());
        Tensor x = RandomTensor.Of(ops, DType.F32, [1, Rows, Width]), y = RandomTensor.Of(ops, DType.F32, [1, Rows, Width]);
        byte* from = Address(x), to = Address(y);
        Console.WriteLine($"{threads} threads, {Bytes >> 20} MiB");
        Console.WriteLine($"operation                        GB/s  processor   {Share.Heading("copy")}");
        foreach (Case each in Cases(ops, x, y))
        {
            Check(ops, naive, each);
            Turns[] turns = Turns.Of(
                Rounds, team,
                () => ops.Memory.Release(each.Run(ops)),
                () => LargeCopy.Run(team, from, to, Bytes, streams: false),
                () => LargeCopy.Run(team, from, to, Bytes, streams: true));
            double giga = each.Passes * Bytes / 1e9;
            Turns copy = turns[1].Mean < turns[2].Mean ? turns[1] : turns[2];
            Console.WriteLine(
                $"{each.Name,-30} {giga / turns[0].Wall,6:F1} {giga / turns[0].Best,10:F1}   "
                    + $"{new Share(turns[0], giga, copy, 2 * Bytes / 1e9)}");
        }
    }

    private static IEnumerable<Case> Cases(Ops ops, Tensor x, Tensor y)
    {
        Tensor modulation = RandomTensor.Of(ops, DType.F32, [1, 4 * Width]), vector = RandomTensor.Of(ops, DType.F32, [Width]);
        Tensor heads = x.Reshape([1, Rows, Width / 64, 64]), head = RandomTensor.Of(ops, DType.F32, [64]);
        Tensor cosine = RandomTensor.Of(ops, DType.F32, [Rows - TextTokens, 64]);
        Tensor sine = RandomTensor.Of(ops, DType.F32, [Rows - TextTokens, 64]);
        Tensor video = x.Reshape([1, 8, 120, 160, Channels]), channel = RandomTensor.Of(ops, DType.F32, [Channels]);
        Tensor map = RandomTensor.Of(ops, DType.F32, [1, 2, 15, 20, Channels]);
        return
        [
            new("add", 3, o => o.Add(x, y)),
            new("add a row", 2, o => o.Add(x, vector)),
            new("silu", 2, o => o.Silu(x)),
            new("gelu, tanh", 2, o => o.Gelu(x, tanh: true)),
            new("gelu, erf", 2, o => o.Gelu(x, tanh: false)),
            new("layer norm", 2, o => o.LayerNorm(x, vector, vector, 1e-5f)),
            new("layer norm, modulated", 2, o => o.ModulatedLayerNorm(x, vector, vector, 1e-5f, modulation, 0, 1, 2, 3, TextTokens)),
            new("rms norm", 2, o => o.RmsNorm(x, vector, 1e-6f)),
            new("qk norm", 2, o => o.QkNormRope(heads, head, head, 1e-6f)),
            new("rope", 2, o => o.QkNormRope(heads, default, default, 1e-6f, cosine, sine, TextTokens)),
            new("qk norm + rope", 2, o => o.QkNormRope(heads, head, head, 1e-6f, cosine, sine, TextTokens)),
            new("group norm", 3, o => o.GroupNorm(video, channel, channel, 32, 1e-6f, silu: false)),
            new("group norm + silu", 3, o => o.GroupNorm(video, channel, channel, 32, 1e-6f, silu: true)),
            new("spatial group norm + silu", 3, o => o.SpatialGroupNorm(video, channel, channel, 32, 1e-6f, map, map, silu: true)),
        ];
    }

    // Tensors lie outside the managed heap.
    private static byte* Address(Tensor tensor) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.AsSpan<float>()));

    // The gate: the naive form on the same numbers. A wrong result isn't a fast one.
    private static void Check(Ops ops, Ops naive, Case each)
    {
        using MemoryScope scope = ops.Scope(), other = naive.Scope();
        ReadOnlySpan<float> actual = each.Run(ops).AsSpan<float>(), expected = each.Run(naive).AsSpan<float>();
        for (int i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) < 1e-4))
                throw new InvalidOperationException($"Element {i} of {each.Name} is {actual[i]}, it should be {expected[i]}.");
        }
    }
}
