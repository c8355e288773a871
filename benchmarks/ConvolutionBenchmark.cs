using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>
/// Convolutions as the VAE has them, as a share of the machine's multiply-adds on registers alone, and of the micro-kernel in L1.
/// Images are cut small where a whole one would take a second: a turn must be short to be undisturbed.
/// </summary>
internal static class ConvolutionBenchmark
{
    private const int Rounds = 25;

    private static readonly (int Inputs, int Outputs, int KernelFrames, int Frames, int Size, int Stride)[] Cases =
    [
        (128, 128, 3, 4, 16, 1), (128, 128, 3, 8, 60, 1), (256, 256, 3, 4, 16, 1), (256, 256, 3, 4, 48, 1), (512, 512, 3, 3, 16, 1),
        (512, 512, 3, 2, 30, 1), (256, 256, 1, 8, 60, 2), (512, 512, 1, 4, 30, 1), (512, 512, 1, 4, 16, 1), (16, 512, 3, 2, 30, 1),
        (128, 3, 3, 8, 120, 1),
    ];

    public static void Run(int threads, Compute compute)
    {
        using var team = new CpuThreads(threads);
        using Ops ops = compute.Open(threads);
        Console.WriteLine($"{threads} threads");
        Console.WriteLine(
            $"kernel     channels   input                  ms   GFLOP/s  processor   {Share.Heading("peak")}   {Share.Heading("loop")}");
        foreach ((int inputs, int outputs, int kernelFrames, int frames, int size, int stride) in Cases)
        {
            using MemoryScope scope = ops.Scope();
            Tensor x = compute.Random(ops, [1, frames, size, size, inputs]);
            Tensor weight = RandomTensor.Of(ops, DType.BF16, [outputs, inputs, kernelFrames, 3, 3]);
            Func<Tensor> convolve = () => ops.CausalConv3d(x, weight, stride: stride, padEnd: stride > 1);
            Tensor y = convolve();
            CheckSome(x, weight, y, stride);
            double giga = 2e-9 * y.Count * inputs * kernelFrames * 9;
            Turns[] turns = Turns.Of(
                Rounds, team, () => ops.Memory.Release(convolve()), () => compute.Turn(team), () => MicroKernelLoop.Turn(team));
            Console.WriteLine(
                $"{kernelFrames}×3×3 /{stride}  {inputs,4}→{outputs,-4} {x.Shape,-20} {1e3 * turns[0].Wall,6:F1} "
                    + $"{giga / turns[0].Wall,9:F1} "
                + $"{giga / turns[0].Best,10:F1}   {new Share(turns[0], giga, turns[1], compute.TurnGigaflops(team))}   "
                + new Share(turns[0], giga, turns[2], MicroKernelLoop.TurnGigaflops(team)));
        }
    }

    // The gate: a wrong convolution isn't a fast one.
    private static void CheckSome(Tensor x, Tensor weight, Tensor y, int stride)
    {
        float[] weights = weight.ToFloats();
        ReadOnlySpan<float> values = x.AsSpan<float>(), results = y.AsSpan<float>();
        (int frames, int size, int inputs) = (weight.Shape[2], x.Shape[2], x.Shape[4]);
        int pad = stride > 1 ? 0 : 1;
        var random = new Random(2);
        for (int i = 0; i < 50; i++)
        {
            int at = random.Next(results.Length);
            (int pixel, int output) = Math.DivRem(at, y.Shape[4]);
            (int row, int w) = Math.DivRem(pixel, y.Shape[3]);
            (int f, int h) = Math.DivRem(row, y.Shape[2]);
            double sum = 0;
            for (int tap = 0; tap < frames * 9; tap++)
            {
                int source = Math.Max(0, f + tap / 9 - (frames - 1)), y0 = h * stride + tap / 3 % 3 - pad, x0 = w * stride + tap % 3 - pad;
                if ((uint)y0 >= (uint)size || (uint)x0 >= (uint)size)
                    continue;
                for (int c = 0; c < inputs; c++)
                {
                    double value = values[((source * size + y0) * size + x0) * inputs + c];
                    sum += value * weights[(output * inputs + c) * frames * 9 + tap];
                }
            }
            if (!(Math.Abs(sum - results[at]) < 1e-5 * inputs * frames * 9))
                throw new InvalidOperationException($"Element {at} of {y} is {results[at]}, it should be {sum}.");
        }
    }
}
