using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Tests.MachineCode;

namespace CogVideoX.Kernels.Tests;

/// <summary>Convolutions of bf16 on the CPU: an output is one chain through taps and channels, whatever is cut how.</summary>
public sealed unsafe class ConvolutionPairsTests
{
    public static TheoryData<int[], int[], bool> Cases => new()
    {
        // B, F, H, W, C; O, kt, kh, kw, stride; history
        { [1, 2, 5, 7, 6], [9, 3, 3, 3, 1], false },
        { [2, 3, 4, 5, 8], [40, 3, 3, 3, 1], true },
        { [1, 1, 9, 70, 16], [32, 1, 3, 3, 1], false },  // more columns than a box has
        { [1, 2, 8, 10, 3], [33, 1, 3, 3, 2], false },   // odd channels, down to a half
        { [1, 2, 6, 6, 480], [64, 3, 3, 3, 1], false },  // the depth in passes
        { [1, 1, 3, 3, 4], [8, 3, 1, 1, 1], true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void SumsAreThoseOfTheDefinition(int[] input, int[] kernel, bool hasHistory)
    {
        foreach (CpuArithmetic arithmetic in new[] { CpuArithmetic.Bf16, CpuArithmetic.Bf16Amx })
            Compare(arithmetic, input, kernel, hasHistory);
    }

    private static void Compare(CpuArithmetic arithmetic, int[] input, int[] kernel, bool hasHistory)
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        var size = new ConvolutionSize(
            new VideoSize(input[0], input[1], input[2], input[3], input[4]), kernel[0], kernel[1], kernel[2], kernel[3], kernel[4],
            PadEnd: kernel[4] > 1);
        var random = new Random(input[4]);
        float[] x = Numbers(random, size.Input.Count), weight = Numbers(random, (long)kernel[0] * input[4] * size.Taps);
        float[] history = Numbers(random, (long)input[0] * (kernel[1] - 1) * input[2] * input[3] * input[4]);
        float[] bias = Numbers(random, kernel[0]), residual = Numbers(random, size.Output.Count);
        var results = new float[2][];
        fixed (float* xs = x, w = weight, h = history, b = bias, r = residual)
        {
            foreach (int threads in new[] { 1, 3 })
            {
                float[] y = results[threads / 2] = new float[size.Output.Count];
                fixed (float* ys = y)
                    Run(new CausalConv3d(xs, hasHistory ? h : null, w, b, r, ys, size), threads, arithmetic);
            }
        }
        Assert.Equal(results[0], results[1]);
        for (int i = 0; i < 400; i++)
        {
            int at = results[0].Length <= 400 ? i % results[0].Length : random.Next(results[0].Length);
            float sum = Sum(arithmetic, size, x, hasHistory ? history : null, weight, at);
            Assert.Equal(sum + bias[at % kernel[0]] + residual[at], results[0][at]);
        }
    }

    [Fact]
    public void AHandfulOfOutputsStaysInFp32()
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        var size = new ConvolutionSize(new VideoSize(1, 2, 6, 6, 32), 3, 3, 3, 3, 1, PadEnd: false);
        var random = new Random(3);
        float[] x = Numbers(random, size.Input.Count), weight = Numbers(random, 3L * 32 * size.Taps);
        float[] bf16 = new float[size.Output.Count], fp32 = new float[size.Output.Count];
        fixed (float* xs = x, w = weight, y = bf16, z = fp32)
        {
            Run(new CausalConv3d(xs, null, w, null, null, y, size), 2, CpuArithmetic.Bf16);
            using var device = new CpuDevice(2);
            var operation = new CausalConv3d(xs, null, w, null, null, z, size);
            nint workspace = device.Allocate(operation.WorkspaceBytes(device.Kind));
            device.Run(operation, workspace);
            device.Free(workspace);
        }
        Assert.Equal(fp32, bf16);
    }

    private static void Run(in CausalConv3d operation, int threads, CpuArithmetic arithmetic)
    {
        using var device = new CpuDevice(threads, arithmetic);
        nint workspace = device.Allocate(Math.Max(1, operation.WorkspaceBytes(device.Kind)));
        device.Run(operation, workspace);
        device.Free(workspace);
    }

    private static float Sum(CpuArithmetic arithmetic, ConvolutionSize size, float[] x, float[]? history, float[] weight, int at)
    {
        (int pixel, int output) = Math.DivRem(at, size.OutputChannels);
        (int row, int w) = Math.DivRem(pixel, size.OutputWidth);
        (int line, int h) = Math.DivRem(row, size.OutputHeight);
        (int b, int f) = Math.DivRem(line, size.Input.Frames);
        int channels = size.Input.Channels;
        var sum = new PairSum(arithmetic);
        for (int tap = 0; tap < size.Taps; tap++)
        {
            (int t, int dy, int dx) = size.Tap(tap);
            int sourceRow = h * size.Stride + dy - size.PadTop, sourceColumn = w * size.Stride + dx - size.PadLeft;
            bool isInside = (uint)sourceRow < (uint)size.Input.Height && (uint)sourceColumn < (uint)size.Input.Width;
            int frame = f + t - (size.KernelFrames - 1);
            bool isPast = frame < 0 && history is not null;
            float[] source = isPast ? history! : x;
            long first = isPast
                ? b * (size.KernelFrames - 1L) + frame + size.KernelFrames - 1
                : (long)b * size.Input.Frames + Math.Max(0, frame);
            first = ((first * size.Input.Height + sourceRow) * size.Input.Width + sourceColumn) * channels;
            for (int c = 0; c < channels; c += 2)
            {
                uint left = isInside ? Pair(source, first + c, 1, c + 1 < channels) : 0;
                uint right = Pair(weight, ((long)output * channels + c) * size.Taps + tap, size.Taps, c + 1 < channels);
                sum.Add(left, right);
            }
            sum.EndBlock();
        }
        return sum.Value();
    }

    private static uint Pair(float[] numbers, long first, int step, bool isWhole) =>
        Shorten.ToBFloat16(numbers[first]) | (isWhole ? (uint)Shorten.ToBFloat16(numbers[first + step]) << 16 : 0);

    private static float[] Numbers(Random random, long count) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
}
