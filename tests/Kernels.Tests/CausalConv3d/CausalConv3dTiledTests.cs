using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;
using CogVideoX.Kernels.Tests.MachineCode;

namespace CogVideoX.Kernels.Tests;

/// <summary>
/// Convolutions by generated micro-kernels: an output is one chain, in bf16 through taps and channels, in fp32 through slices of channels
/// first, whatever is cut how, and whoever wrote the code.
/// </summary>
public sealed unsafe class CausalConv3dTiledTests
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
        { [1, 2, 5, 6, 75], [37, 3, 3, 3, 1], true },    // slices that don't fill the last, outputs that don't fill a tile
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void SumsAreThoseOfTheDefinition(int[] input, int[] kernel, bool hasHistory)
    {
        foreach (CpuArithmetic arithmetic in Enum.GetValues<CpuArithmetic>())
            Compare(arithmetic, input, kernel, hasHistory);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void InFp32TheCompilersVectorsGiveTheSameBits(int[] input, int[] kernel, bool hasHistory)
    {
        ConvolutionSize size = Size(input, kernel);
        var random = new Random(input[4]);
        float[] x = Numbers(random, size.Input.Count), weight = Numbers(random, (long)kernel[0] * input[4] * size.Taps);
        float[] history = Numbers(random, (long)input[0] * (kernel[1] - 1) * input[2] * input[3] * input[4]);
        float[] bias = Numbers(random, kernel[0]), residual = Numbers(random, size.Output.Count);
        var results = new float[4][];
        fixed (float* xs = x, w = weight, h = history, b = bias, r = residual)
        {
            for (int way = 0; way < results.Length; way++)
            {
                results[way] = new float[size.Output.Count];
                fixed (float* y = results[way])
                    Run(new CausalConv3d(xs, hasHistory ? h : null, w, b, r, y, size), way);
            }
        }
        for (int way = 1; way < results.Length; way++)
            Assert.Equal(results[0], results[way]);
    }

    // As this processor runs it, or by vectors of 128, 256 and 512 bits.
    private static void Run(in CausalConv3d operation, int way)
    {
        if (way == 0)
        {
            Run(operation, 2, CpuArithmetic.Fp32);
            return;
        }
        using var threads = new CpuThreads(2);
        using var device = new CpuDevice(1);
        nint workspace = device.Allocate(1 << 24);
        threads.Workspace = (void*)workspace;
        IAnyWidth form = operation;
        switch (way)
        {
            case 1: form.RunCpu<Simd128, Vector128<float>>(threads); break;
            case 2: form.RunCpu<Simd256, Vector256<float>>(threads); break;
            default: form.RunCpu<Simd512, Vector512<float>>(threads); break;
        }
        device.Free(workspace);
    }

    private static ConvolutionSize Size(int[] input, int[] kernel) => new(
        new VideoSize(input[0], input[1], input[2], input[3], input[4]), kernel[0], kernel[1], kernel[2], kernel[3], kernel[4],
        PadEnd: kernel[4] > 1);

    private static void Compare(CpuArithmetic arithmetic, int[] input, int[] kernel, bool hasHistory)
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products by tiles.");
        ConvolutionSize size = Size(input, kernel);
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
        int slice = arithmetic == CpuArithmetic.Fp32 ? ConvolutionPlan.SliceOf(size) : channels;
        var sum = new PairSum(arithmetic);
        float chain = 0;
        for (int first = 0; first < channels; first += slice)
        {
            for (int tap = 0; tap < size.Taps; tap++)
            {
                (int t, int dy, int dx) = size.Tap(tap);
                int sourceRow = h * size.Stride + dy - size.PadTop, sourceColumn = w * size.Stride + dx - size.PadLeft;
                bool isInside = (uint)sourceRow < (uint)size.Input.Height && (uint)sourceColumn < (uint)size.Input.Width;
                int frame = f + t - (size.KernelFrames - 1);
                bool isPast = frame < 0 && history is not null;
                float[] source = isPast ? history! : x;
                long start = isPast
                    ? b * (size.KernelFrames - 1L) + frame + size.KernelFrames - 1
                    : (long)b * size.Input.Frames + Math.Max(0, frame);
                start = ((start * size.Input.Height + sourceRow) * size.Input.Width + sourceColumn) * channels;
                for (int c = first; c < Math.Min(first + slice, channels); c += 2)
                {
                    bool isWhole = c + 1 < Math.Min(first + slice, channels);
                    long weightAt = ((long)output * channels + c) * size.Taps + tap;
                    if (arithmetic != CpuArithmetic.Fp32)
                    {
                        sum.Add(isInside ? Pair(source, start + c, 1, isWhole) : 0, Pair(weight, weightAt, size.Taps, isWhole));
                        continue;
                    }
                    for (int i = 0; i < (isWhole ? 2 : 1) && isInside; i++)
                        chain = MathF.FusedMultiplyAdd(source[start + c + i], weight[weightAt + i * size.Taps], chain);
                }
                sum.EndBlock();
            }
        }
        return arithmetic == CpuArithmetic.Fp32 ? chain : sum.Value();
    }

    private static uint Pair(float[] numbers, long first, int step, bool isWhole) =>
        Shorten.ToBFloat16(numbers[first]) | (isWhole ? (uint)Shorten.ToBFloat16(numbers[first + step]) << 16 : 0);

    private static float[] Numbers(Random random, long count) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
}
