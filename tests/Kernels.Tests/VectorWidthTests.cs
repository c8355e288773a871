using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.Tests;

/// <summary>The forms for every width of vectors give the same numbers, whichever the processor of this run would choose.</summary>
public sealed unsafe class VectorWidthTests
{
    private const double Tolerance = 1e-4;

    private static readonly float[] Numbers = [.. Enumerable.Range(0, 60_000).Select(i => MathF.Sin(i * 0.37f))];

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void OfLinear(int rows)
    {
        const int Outputs = 70, Inputs = 267;
        var results = new float[4][];
        fixed (float* x = Numbers)
        {
            for (int form = 0; form < 4; form++)
            {
                results[form] = new float[rows * Outputs];
                fixed (float* y = results[form])
                {
                    var epilogue = new LinearEpilogue(new Elements(x + 100, ElementFormat.F32), LinearActivation.GeluTanh);
                    Run(form, new Linear(x, new Elements(x + 7, ElementFormat.F32), y, rows, Outputs, Inputs, epilogue));
                }
            }
        }
        AllAgree(results);
    }

    [Fact]
    public void OfAttention()
    {
        var size = new AttentionSize(1, 50, 70, 2, 40);
        var results = new float[4][];
        fixed (float* x = Numbers)
        {
            for (int form = 0; form < 4; form++)
            {
                results[form] = new float[50 * 2 * 40];
                fixed (float* y = results[form])
                    Run(form, new Attention(x, x + 9, x + 31, null, 0, y, size, 0.5f));
            }
        }
        AllAgree(results);
    }

    [Fact]
    public void OfQkNormRope()
    {
        var results = new float[4][];
        fixed (float* x = Numbers)
        {
            for (int form = 0; form < 4; form++)
            {
                results[form] = new float[2 * 9 * 3 * 44];
                fixed (float* y = results[form])
                {
                    var weight = new Elements(x + 5, ElementFormat.F32);
                    Run(form, new QkNormRope(x, weight, weight, 1e-6f, x + 3, x + 11, y, 2, 9, 4, 3, 44));
                }
            }
        }
        AllAgree(results);
    }

    [Theory]
    [InlineData(37, 50, 3, 1)] // two slices of the channels, a short panel of outputs
    [InlineData(16, 3, 3, 1)]  // few outputs
    [InlineData(12, 40, 2, 2)]
    public void OfCausalConv3d(int channels, int outputs, int kernelFrames, int stride)
    {
        var size = new ConvolutionSize(new VideoSize(1, 3, 9, 11, channels), outputs, kernelFrames, 3, 3, stride, PadEnd: stride > 1);
        fixed (float* x = Numbers)
        {
            var all = new float[4][];
            for (int form = 0; form < 4; form++)
            {
                all[form] = new float[size.Output.Count];
                fixed (float* y = all[form])
                {
                    var weight = new Elements(x + 5, ElementFormat.F32);
                    Run(form, new CausalConv3d(x, default, weight, x + 77, x + 3, y, size));
                }
            }
            AllAgree(all);
        }
    }

    [Fact]
    public void OfGroupNorm()
    {
        var size = new VideoSize(2, 3, 5, 7, 44);
        var results = new float[4][];
        fixed (float* x = Numbers)
        {
            for (int form = 0; form < 4; form++)
            {
                results[form] = new float[size.Count];
                fixed (float* y = results[form])
                {
                    var weight = new Elements(x + 5, ElementFormat.F32);
                    var maps = new SpatialMaps(x + 13, x + 29, new VideoSize(2, 3, 2, 3, 44));
                    Run(form, new GroupNorm(x, weight, weight, y, size, 4, 1e-6f, maps, silu: true));
                }
            }
        }
        AllAgree(results);
    }

    [Fact]
    public void OfRows()
    {
        const int Rows = 9, Width = 77;
        fixed (float* x = Numbers)
        {
            var weight = new Elements(x + 5, ElementFormat.F32);
            var modulation = new RowModulation(x + 500, x + 700, 0, Rows, 4);
            var operations = new float[3][][];
            for (int operation = 0; operation < 3; operation++)
            {
                operations[operation] = new float[4][];
                for (int form = 0; form < 4; form++)
                {
                    operations[operation][form] = new float[Rows * Width];
                    fixed (float* y = operations[operation][form])
                    {
                        if (operation == 0)
                            Run(form, new LayerNorm(x, weight, weight, y, Rows, Width, 1e-5f, modulation, modulation));
                        else if (operation == 1)
                            Run(form, new RmsNorm(x, weight, y, Rows, Width, 1e-6f));
                        else
                            Run(form, new Softmax(x, y, Rows, Width));
                    }
                }
                AllAgree(operations[operation]);
            }
        }
    }

    [Fact]
    public void OfElements()
    {
        const int Count = 1003;
        var sums = new float[4][];
        var activations = new float[4][];
        fixed (float* x = Numbers)
        {
            for (int form = 0; form < 4; form++)
            {
                sums[form] = new float[Count];
                activations[form] = new float[Count];
                fixed (float* sum = sums[form], activation = activations[form])
                {
                    Run(form, new Add(x, x + 9, sum, 17, 59));
                    Run(form, new Map<GeluErf>(x, activation, Count));
                }
            }
        }
        AllAgree(sums);
        AllAgree(activations);
    }

    private static void Run<TOperation>(int form, in TOperation operation) where TOperation : struct, IOperation, IAnyWidth
    {
        using var threads = new CpuThreads(1);
        long bytes = operation is IUsesWorkspace user ? user.WorkspaceBytes(DeviceKind.Cpu) : 0;
        fixed (byte* workspace = new byte[bytes])
        {
            threads.Workspace = workspace;
            Run(form, operation, threads);
        }
    }

    private static void Run<TOperation>(int form, in TOperation operation, CpuThreads threads)
        where TOperation : struct, IOperation, IAnyWidth
    {
        switch (form)
        {
            case 0: operation.RunReference(); break;
            case 1: operation.RunCpu<Simd128, Vector128<float>>(threads); break;
            case 2: operation.RunCpu<Simd256, Vector256<float>>(threads); break;
            default: operation.RunCpu<Simd512, Vector512<float>>(threads); break;
        }
    }

    private static void AllAgree(float[][] results)
    {
        foreach (float[] result in results)
            Assert.All(results[0].Zip(result), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }
}
