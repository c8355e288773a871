using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>Convolutions of the sizes that the VAE has, as a share of what the machine can do.</summary>
internal static class ConvolutionBenchmark
{
    private static readonly (int Inputs, int Outputs, int KernelFrames, int Frames, int Size, int Stride)[] Cases =
    [
        (128, 128, 3, 4, 96, 1), (256, 256, 3, 4, 64, 1), (512, 512, 3, 3, 32, 1), (256, 256, 1, 8, 64, 2),
        (512, 512, 1, 4, 32, 1), (16, 512, 3, 3, 32, 1), (128, 3, 3, 4, 128, 1),
    ];

    public static void Run(int threads)
    {
        using var team = new CpuThreads(threads);
        double peak = Peak.Flops(team);
        Console.WriteLine($"{threads} threads: peak {peak:F0} GFLOP/s");
        Console.WriteLine("kernel     channels   input            GFLOP/s  of peak  at that time");
        using Ops ops = Ops.OnCpu(threads);
        foreach ((int inputs, int outputs, int kernelFrames, int frames, int size, int stride) in Cases)
        {
            using MemoryScope scope = ops.Scope();
            Tensor x = RandomTensor.Of(ops, DType.F32, [1, frames, size, size, inputs]);
            Tensor weight = RandomTensor.Of(ops, DType.BF16, [outputs, inputs, kernelFrames, 3, 3]);
            Func<Tensor> convolve = () => ops.CausalConv3d(x, weight, stride: stride, padEnd: stride > 1);
            Tensor y = convolve();
            CheckSome(x, weight, y, stride);
            Best best = Best.Of(5, team, () => ops.Memory.Release(convolve()));
            double giga = 2e-9 * y.Count * inputs * kernelFrames * 9, flops = giga / best.Wall;
            Console.WriteLine($"{kernelFrames}×3×3 /{stride}  {inputs,4}→{outputs,-4} {x.Shape,-20}{flops,9:F1}  {flops / peak,7:P0} {giga / best.Possible,13:P0}");
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
                    sum += (double)values[((source * size + y0) * size + x0) * inputs + c] * weights[(output * inputs + c) * frames * 9 + tap];
            }
            if (!(Math.Abs(sum - results[at]) < 1e-5 * inputs * frames * 9))
                throw new InvalidOperationException($"Element {at} of {y} is {results[at]}, it should be {sum}.");
        }
    }
}
