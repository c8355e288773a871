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
        const int outputs = 70, inputs = 267;
        var results = new float[4][];
        fixed (float* x = Numbers)
        {
            for (int form = 0; form < 4; form++)
            {
                results[form] = new float[rows * outputs];
                fixed (float* y = results[form])
                {
                    var epilogue = new LinearEpilogue(new WeightPointer(x + 100, FloatFormat.F32), LinearActivation.GeluTanh);
                    Run(form, new Linear(x, new WeightPointer(x + 7, FloatFormat.F32), y, rows, outputs, inputs, epilogue));
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
                    var weight = new WeightPointer(x + 5, FloatFormat.F32);
                    Run(form, new QkNormRope(x, weight, weight, 1e-6f, x + 3, x + 11, y, 2, 9, 4, 3, 44));
                }
            }
        }
        AllAgree(results);
    }

    private static void Run<TOperation>(int form, in TOperation operation) where TOperation : struct, IOperation, IAnyWidth
    {
        using var threads = new CpuThreads(1);
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
