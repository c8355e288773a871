using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu.Tests;

/// <summary>Ordinary programs of ILGPU on the emulator: right ones are right, wrong ones are told what is wrong.</summary>
public sealed class VerifierTests
{
    [Fact]
    public void AnOrdinaryProgramRunsAsItStands()
    {
        float[] got = [];
        VerificationReport report = KernelVerifier.Verify(accelerator =>
        {
            using MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D<float>([1, 2, 3]);
            accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(Twice)(3, x.View);
            accelerator.Synchronize();
            got = x.GetAsArray1D();
        });
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal([2, 4, 6], got);
        Assert.Single(report.Runs);
    }

    [Fact]
    public void KernelsInTwoDimensionsAndStructsRun()
    {
        int[,] got = new int[0, 0];
        VerificationReport report = KernelVerifier.Verify(accelerator =>
        {
            using MemoryBuffer2D<int, Stride2D.DenseX> x = accelerator.Allocate2DDenseX<int>(new LongIndex2D(5, 3));
            accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseX>, Scaled>(Products)(
                new Index2D(5, 3), x.View, new Scaled(2, 10));
            accelerator.Synchronize();
            got = x.GetAsArray2D();
        });
        Assert.True(report.IsSound, report.ToString());
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 3; j++)
                Assert.Equal(2 * i + 10 * j, got[i, j]);
        }
    }

    [Fact]
    public void ARaceIsFound()
    {
        VerificationReport report = KernelVerifier.Verify(accelerator =>
        {
            using MemoryBuffer1D<int, Stride1D.Dense> x = accelerator.Allocate1D(new int[256]), sums = accelerator.Allocate1D(new int[1]);
            accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(SumWithoutBarrier)(new KernelConfig(1, 256), x.View, sums.View);
            accelerator.Synchronize();
        });
        Assert.NotNull(report.Fault);
        Assert.Equal(FaultKind.Race, report.Fault.Fault.Kind);
        Assert.Contains("SumWithoutBarrier", report.Fault.Kernel, StringComparison.Ordinal);
        Assert.Contains("shared", report.Fault.Instruction, StringComparison.Ordinal);
        Assert.Contains("VerifierTests.cs(", report.Fault.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void AnIndexBeyondTheBufferIsFound()
    {
        VerificationReport report = KernelVerifier.Verify(accelerator =>
        {
            using MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D<float>([1, 2, 3]);
            accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(Twice)(4, x.View);
            accelerator.Synchronize();
        });
        Assert.Equal(FaultKind.OutOfBounds, report.Fault?.Fault.Kind);
    }

    [Fact]
    public void WhatNobodyWroteIsFound()
    {
        VerificationReport report = KernelVerifier.Verify(accelerator =>
        {
            using MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D<float>(3);
            accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(Branches)(3, x.View);
            accelerator.Synchronize();
        });
        Assert.Equal(FaultKind.Uninitialized, report.Fault?.Fault.Kind);
    }

    [Fact]
    public void CountersComeOnRequest()
    {
        VerificationReport report = KernelVerifier.Verify(
            accelerator =>
            {
                using MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D(new float[64]);
                accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(Roots)(64, x.View);
                accelerator.Synchronize();
            },
            new VerifierOptions { Count = true, Context = builder => builder.EnableAlgorithms() });
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal(2 * 64 * sizeof(float), report.Runs[0].Counters.GlobalBytes);
    }

    private static void Twice(Index1D i, ArrayView<float> x) => x[i] = 2 * x[i];

    private static void Roots(Index1D i, ArrayView<float> x) => x[i] = XMath.Sqrt(x[i]);

    private static void Branches(Index1D i, ArrayView<float> x)
    {
        if (x[i] > 1)
            x[i] = 1;
    }

    private static void Products(Index2D at, ArrayView2D<int, Stride2D.DenseX> x, Scaled by) => x[at] = by.First * at.X + by.Second * at.Y;

    // The barrier after the first line is forgotten.
    private static void SumWithoutBarrier(ArrayView<int> x, ArrayView<int> sums)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(256);
        shared[Group.IdxX] = x[Group.IdxX];
        if (Group.IdxX > 0)
            return;
        int sum = 0;
        for (int i = 0; i < 256; i++)
            sum += shared[i];
        sums[0] = sum;
    }

    internal readonly record struct Scaled(int First, int Second);
}
