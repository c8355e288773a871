using System.Globalization;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using static TorchSharp.torch;
using OwnTensor = CogVideoX.Tensors.Tensor;

namespace CogVideoX.Benchmarks;

/// <summary>
/// Products, attention and convolutions of the models' shapes, ours beside libtorch's and the processor's peak, in turns in one process:
/// <c>dotnet run -c Release --project benchmarks/torch -- [fp32|bf16] [threads]</c>.
/// </summary>
internal static class Program
{
    private const int Rounds = 12;

    private static readonly (int Rows, int Outputs, int Inputs)[] Products =
        [(994, 1920, 1920), (994, 7680, 1920), (994, 1920, 7680), (994, 12288, 3072), (226, 10240, 4096), (2048, 2048, 2048)];

    private static readonly (int Tokens, int Heads)[] Attentions = [(226, 30), (994, 30), (4096, 2)];

    private static readonly (int Frames, int Side, int Inputs, int Outputs)[] Convolutions =
        [(8, 60, 128, 128), (4, 48, 256, 256), (2, 30, 512, 512), (2, 30, 16, 512), (8, 120, 128, 3)];

    private static void Main(string[] args)
    {
        CpuArithmetic arithmetic = args.Contains("bf16") ? CpuArithmetic.Bf16 : CpuArithmetic.Fp32;
        int threads = args.Select(arg => int.TryParse(arg, CultureInfo.InvariantCulture, out int count) ? count : 0).Max();
        threads = threads == 0 ? Environment.ProcessorCount : threads;
        set_num_threads(threads);
        using var team = new CpuThreads(threads);
        var compute = new Compute(arithmetic);
        ScalarType type = compute.IsBf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        Console.WriteLine($"{threads} threads, {arithmetic}; libtorch {__version__}; GFLOP/s, means of turns");
        Console.WriteLine($"{"",-40} {"ours",8} {"torch",8} {"ratio",7} {"of peak",8}");
        using Ops ops = compute.Open(threads);
        using IDisposable noGradient = no_grad();
        foreach ((int rows, int outputs, int inputs) in Products)
        {
            using MemoryScope scope = ops.Scope();
            OwnTensor x = compute.Random(ops, [rows, inputs]), w = RandomTensor.Of(ops, DType.BF16, [outputs, inputs]);
            using var theirX = randn([rows, inputs], dtype: type);
            using var theirW = randn([outputs, inputs], dtype: type);
            Print(
                $"linear {rows}×{outputs}×{inputs}", 2e-9 * rows * outputs * inputs, () => ops.Memory.Release(ops.Linear(x, w)),
                () => nn.functional.linear(theirX, theirW).Dispose(), compute, team);
        }
        foreach ((int tokens, int heads) in Attentions)
        {
            const int Width = 64;
            using MemoryScope scope = ops.Scope();
            OwnTensor q = compute.Random(ops, [1, tokens, heads, Width]), k = compute.Random(ops, [1, tokens, heads, Width]);
            OwnTensor v = compute.Random(ops, [1, tokens, heads, Width]);
            using var theirs = randn([1, heads, tokens, Width], dtype: type);
            Print(
                $"attention {tokens} tokens, {heads} heads", 4e-9 * tokens * tokens * heads * Width,
                () => ops.Memory.Release(ops.Attention(q, k, v)),
                () => nn.functional.scaled_dot_product_attention(theirs, theirs, theirs).Dispose(), compute, team);
        }
        foreach ((int frames, int side, int inputs, int outputs) in Convolutions)
        {
            const int Kernel = 3, Taps = Kernel * Kernel * Kernel;
            using MemoryScope scope = ops.Scope();
            OwnTensor x = compute.Random(ops, [1, frames, side, side, inputs]);
            OwnTensor w = RandomTensor.Of(ops, DType.BF16, [outputs, inputs, Kernel, Kernel, Kernel]);
            using var theirX = randn([1, inputs, frames + Kernel - 1, side, side], dtype: type);
            using var theirW = randn([outputs, inputs, Kernel, Kernel, Kernel], dtype: type);
            Print(
                $"conv3d {inputs}→{outputs}, {frames}×{side}×{side}", 2e-9 * frames * side * side * inputs * outputs * Taps,
                () => ops.Memory.Release(ops.CausalConv3d(x, w)),
                () => nn.functional.conv3d(theirX, theirW, padding: [0, 1, 1]).Dispose(), compute, team);
        }
    }

    private static void Print(string what, double giga, Action ours, Action theirs, Compute compute, CpuThreads team)
    {
        Turns[] turns = Turns.Of(Rounds, team, ours, theirs, () => compute.Turn(team));
        double own = giga / turns[0].Mean, their = giga / turns[1].Mean, peak = compute.TurnGigaflops(team) / turns[2].Mean;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-40} {own,8:F0} {their,8:F0} {own / their,7:F2} {own / peak,8:P0}"));
    }
}
