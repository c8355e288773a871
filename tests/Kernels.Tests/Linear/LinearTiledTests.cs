using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;
using CogVideoX.Kernels.Tests.MachineCode;

namespace CogVideoX.Kernels.Tests;

/// <summary>Products by generated micro-kernels on the CPU: chains by the definition, whatever is cut how.</summary>
public sealed unsafe class LinearTiledTests
{
    [Theory]
    [InlineData(17, 1, 1, ElementFormat.F32)]
    [InlineData(18, 33, 7, ElementFormat.BF16)]
    [InlineData(17, 31, 64, ElementFormat.BF16)]
    [InlineData(29, 70, 33, ElementFormat.F16)]
    [InlineData(19, 64, 50, ElementFormat.F8E4M3)]
    [InlineData(300, 40, 4000, ElementFormat.BF16)] // the depth in blocks
    [InlineData(31, 200, 1927, ElementFormat.F32)]
    [InlineData(2100, 3, 6, ElementFormat.BF16)]    // x in chunks
    [InlineData(17, 31, 64, ElementFormat.BF16, CpuArithmetic.Bf16Amx)]
    [InlineData(29, 70, 33, ElementFormat.F16, CpuArithmetic.Bf16Amx)]
    [InlineData(300, 40, 4000, ElementFormat.BF16, CpuArithmetic.Bf16Amx)]
    [InlineData(20, 50, 38, ElementFormat.BF16, CpuArithmetic.Bf16Amx)]
    public void SumsAreThoseOfTheDefinition(
        int rows, int outputs, int inputs, ElementFormat weights, CpuArithmetic arithmetic = CpuArithmetic.Bf16)
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        var random = new Random(rows + outputs);
        float[] x = Numbers(random, (long)rows * inputs);
        byte[] stored = Stored(random, outputs * inputs, weights);
        var results = new float[2][];
        foreach (int threads in new[] { 1, 3 })
        {
            float[] y = results[threads / 2] = new float[(long)rows * outputs];
            fixed (float* xs = x, ys = y)
            fixed (byte* w = stored)
                Run(new Linear(xs, new Elements(w, weights), ys, rows, outputs, inputs, default), threads, arithmetic);
        }
        Assert.Equal(results[0], results[1]);
        fixed (byte* w = stored)
        {
            for (int i = 0; i < 3000; i++)
            {
                (int row, int column) = i < rows * outputs && rows * outputs < 3000
                    ? (i / outputs, i % outputs) : (random.Next(rows), random.Next(outputs));
                float expected = Sum(arithmetic, x.AsSpan(row * inputs, inputs), new Elements(w, weights).Slice((long)column * inputs));
                Assert.Equal(expected, results[0][(long)row * outputs + column]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void ProductsOfFewRowsStayInFp32(int rows)
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        const int Outputs = 40, Inputs = 30;
        var random = new Random(rows);
        float[] x = Numbers(random, rows * Inputs), weight = Numbers(random, Outputs * Inputs);
        float[] fp32 = new float[rows * Outputs], bf16 = new float[rows * Outputs];
        fixed (float* xs = x, w = weight, y = fp32, z = bf16)
        {
            Run(new Linear(xs, w, y, rows, Outputs, Inputs, default), 2, CpuArithmetic.Fp32);
            Run(new Linear(xs, w, z, rows, Outputs, Inputs, default), 2);
        }
        Assert.Equal(fp32, bf16);
    }

    [Fact]
    public void WhatFollowsAProductIsThatOfFp32()
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        const int Rows = 45, Outputs = 150, Inputs = 20;
        var random = new Random(5);
        // Small integers: sums are exact, in whichever arithmetic.
        float[] x = [.. Enumerable.Range(0, Rows * Inputs).Select(_ => (float)random.Next(-8, 9))];
        float[] weight = [.. Enumerable.Range(0, Outputs * Inputs).Select(_ => random.Next(-8, 9) / 16f)];
        float[] bias = Numbers(random, Outputs), factor = Numbers(random, Rows * Outputs), residual = Numbers(random, Rows * Outputs);
        float[] fp32 = new float[Rows * Outputs], bf16 = new float[Rows * Outputs];
        fixed (float* xs = x, w = weight, b = bias, f = factor, r = residual, y = fp32, z = bf16)
        {
            var epilogue = new LinearEpilogue(b, LinearActivation.GeluTanh) { Factor = f, Residual = r };
            Run(new Linear(xs, w, y, Rows, Outputs, Inputs, epilogue), 2, CpuArithmetic.Fp32);
            Run(new Linear(xs, w, z, Rows, Outputs, Inputs, epilogue), 2);
        }
        Assert.Equal(fp32, bf16);
    }

    [Fact]
    public void ThreeProductsAreEachThatOfItsOwn()
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        const int Rows = 50, Outputs = 40, Inputs = 30;
        var random = new Random(6);
        float[] x = Numbers(random, Rows * Inputs), weights = Numbers(random, 3 * Outputs * Inputs);
        float[] together = new float[3 * Rows * Outputs], apart = new float[3 * Rows * Outputs];
        fixed (float* xs = x, w = weights, t = together, a = apart)
        {
            const int Weight = Outputs * Inputs, Result = Rows * Outputs;
            Run(
                new LinearTriple(
                    new(xs, w, t, Rows, Outputs, Inputs, default),
                    new(xs, w + Weight, t + Result, Rows, Outputs, Inputs, default),
                    new(xs, w + 2 * Weight, t + 2 * Result, Rows, Outputs, Inputs, default)),
                3);
            for (int i = 0; i < 3; i++)
                Run(new Linear(xs, w + i * Weight, a + i * Result, Rows, Outputs, Inputs, default), 1);
        }
        Assert.Equal(apart, together);
    }

    [Fact]
    public void AGatedProductIsBothProducts()
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no products of bf16.");
        const int Rows = 20, Outputs = 40, Inputs = 30;
        var random = new Random(7);
        float[] x = Numbers(random, Rows * Inputs), weights = Numbers(random, 2 * Outputs * Inputs);
        float[] gated = new float[Rows * Outputs], factor = new float[Rows * Outputs], expected = new float[Rows * Outputs];
        fixed (float* xs = x, w = weights, g = gated, f = factor, e = expected)
        {
            Run(new LinearGatedGelu(xs, w, w + Outputs * Inputs, g, Rows, Outputs, Inputs), 2);
            Run(new Linear(xs, w + Outputs * Inputs, f, Rows, Outputs, Inputs, default), 2);
            Run(new Linear(xs, w, e, Rows, Outputs, Inputs, new LinearEpilogue(default, LinearActivation.GeluTanh) { Factor = f }), 2);
        }
        Assert.Equal(expected, gated);
    }

    // What the JIT compiles, for any width of vectors, and the machine code add in the same order.
    [Theory]
    [InlineData(17, 31, 64, ElementFormat.BF16)]
    [InlineData(29, 100, 33, ElementFormat.BF16)]
    [InlineData(40, 70, 2050, ElementFormat.F32)]
    [InlineData(33, 97, 130, ElementFormat.F16)]
    [InlineData(18, 50, 64, ElementFormat.F8E4M3)]
    public void InFp32TheBitsAreThoseOfTheFormsForAnyProcessor(int rows, int outputs, int inputs, ElementFormat weights)
    {
        Assert.SkipUnless(CpuTiles.AreHere, "This processor has no machine code of ours.");
        var random = new Random(rows);
        float[] x = Numbers(random, rows * inputs);
        byte[] stored = Stored(random, outputs * inputs, weights);
        var results = new float[3][];
        for (int form = 0; form < 3; form++)
        {
            float[] y = results[form] = new float[rows * outputs];
            fixed (float* xs = x, ys = y)
            fixed (byte* w = stored)
            {
                var linear = new Linear(xs, new Elements(w, weights), ys, rows, outputs, inputs, default);
                using var team = new CpuThreads(2);
                if (form == 0)
                    Run(linear, 2, CpuArithmetic.Fp32);
                else if (form == 1)
                    ((IAnyWidth)linear).RunCpu<Simd512, Vector512<float>>(team);
                else
                    ((IAnyWidth)linear).RunCpu<Simd256, Vector256<float>>(team);
            }
        }
        Assert.Equal(results[1], results[0]);
        Assert.Equal(results[2], results[0]);
    }

    private static void Run<TOperation>(in TOperation operation, int threads, CpuArithmetic arithmetic = CpuArithmetic.Bf16)
        where TOperation : struct, IOperation
    {
        using var device = new CpuDevice(threads, arithmetic);
        nint workspace = device.Allocate(Math.Max(1, ((IUsesWorkspace)operation).WorkspaceBytes(device.Kind)));
        device.Run(operation, workspace);
        device.Free(workspace);
    }

    private static float Sum(CpuArithmetic arithmetic, ReadOnlySpan<float> x, Elements weight)
    {
        var sum = new PairSum(arithmetic);
        for (int k = 0; k < x.Length; k += 2)
        {
            uint left = Shorten.ToBFloat16(x[k]), right = Shorten.ToBFloat16(weight[k]);
            if (k + 1 < x.Length)
            {
                left |= (uint)Shorten.ToBFloat16(x[k + 1]) << 16;
                right |= (uint)Shorten.ToBFloat16(weight[k + 1]) << 16;
            }
            sum.Add(left, right);
        }
        sum.EndBlock();
        return sum.Value();
    }

    private static float[] Numbers(Random random, long count) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => (float)(random.NextDouble() * 2 - 1))];

    private static byte[] Stored(Random random, int count, ElementFormat format)
    {
        var bytes = new byte[format.Bytes(count)];
        fixed (byte* start = bytes)
        {
            for (int i = 0; i < count; i++)
            {
                float number = (float)(random.NextDouble() * 2 - 1);
                if (format == ElementFormat.F8E4M3)
                    start[i] = Shorten.ToFloat8E4M3(number);
                else
                    new Elements(start, format).Set(i, number);
            }
        }
        return bytes;
    }
}
