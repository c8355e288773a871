using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu.Tests;

/// <summary>One launch of a method, with arrays of the host.</summary>
public sealed class VerifiedLaunchTests
{
    [Fact]
    public void ArraysBecomeBuffersAndComeBack()
    {
        float[] x = [1, 2, 3];
        VerificationReport report = KernelVerifier.Verify(Scaled, x.Length, x, 3f);
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal([3, 6, 9], x);
    }

    [Fact]
    public void TwoDimensionsComeInBothOrdersAndStructsAsTheyAre()
    {
        int[,] x = new int[5, 3], y = new int[5, 3];
        VerificationReport report = KernelVerifier.Verify(Products, new Index2D(5, 3), x, y, new Factors(2, 10));
        Assert.True(report.IsSound, report.ToString());
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 3; j++)
                Assert.Equal((2 * i + 10 * j, 2 * i - 10 * j), (x[i, j], y[i, j]));
        }
    }

    [Fact]
    public void AnArrayThatIsGivenTwiceIsOneBuffer()
    {
        int[] x = [1, 2, 3, 4];
        VerificationReport report = KernelVerifier.Verify(Shifted, new KernelConfig(1, 4), x, x);
        Assert.Equal(FaultKind.Race, report.Fault?.Fault.Kind);
        report = KernelVerifier.Verify(Shifted, new KernelConfig(1, 4), x, new int[4]);
        Assert.True(report.IsSound, report.ToString());
        int[,] one = new int[1, 1];
        ArgumentException wrong = Assert.Throws<ArgumentException>(
            () => KernelVerifier.Verify(Products, new Index2D(1, 1), one, one, default(Factors)));
        Assert.StartsWith("One array can't be both 'x' and 'y' of Products", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThreeDimensionsRun()
    {
        byte[,,] x = new byte[2, 3, 4];
        VerificationReport report = KernelVerifier.Verify(Places, new Index3D(2, 3, 4), x);
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal(123, x[1, 2, 3]);
        Assert.Equal(100, x[1, 0, 0]);
    }

    [Fact]
    public void GroupsRunWithTheirSize()
    {
        int[] sums = new int[2];
        VerificationReport report = KernelVerifier.Verify(GroupSums, new KernelConfig(2, 64), Enumerable.Range(0, 128).ToArray(), sums);
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal([63 * 64 / 2, (64 + 127) * 64 / 2], sums);
    }

    [Fact]
    public void ALambdaIsAKernelToo()
    {
        int[] x = [1, 2];
        VerificationReport report = KernelVerifier.Verify((Index1D i, ArrayView<int> values) => { values[i] += 1; }, 2, x);
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal([2, 3], x);
    }

    [Fact]
    public void AFaultLeavesTheArraysAndNamesTheLine()
    {
        float[] x = [1, 2, 3];
        VerificationReport report = KernelVerifier.Verify(Scaled, 4, x, 3f);
        Assert.Equal(FaultKind.OutOfBounds, report.Fault?.Fault.Kind);
        Assert.Contains("VerifiedLaunchTests.cs(", report.Fault!.Source, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], x);
    }

    [Fact]
    public void WhatAKernelCantTakeIsToldInASentence()
    {
        ArgumentException wrong = Assert.Throws<ArgumentException>(() => KernelVerifier.Verify(Scaled, 3, new List<float>(), 3f));
        Assert.StartsWith(
            "'x' of Scaled can't be List<Single>: where a kernel takes ArrayView<Single>, give an array of Single of as many dimensions.",
            wrong.Message, StringComparison.Ordinal);
        wrong = Assert.Throws<ArgumentException>(() => KernelVerifier.Verify(Scaled, 3, new float[3], 3));
        Assert.StartsWith(
            "'by' of Scaled can't be Int32: where a kernel takes Single, give just that.", wrong.Message, StringComparison.Ordinal);
        wrong = Assert.Throws<ArgumentException>(() => KernelVerifier.Verify(Scaled, 3, new float[3]));
        Assert.StartsWith("Scaled takes 2 arguments beside its index, and 1 are given.", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExtentOfAnotherKindIsToldInASentence()
    {
        ArgumentException wrong = Assert.Throws<ArgumentException>(
            () => KernelVerifier.Verify(Scaled, new Index2D(3, 1), new float[3], 3f));
        Assert.StartsWith("Scaled takes an Index1D, and the extent is an Index2D.", wrong.Message, StringComparison.Ordinal);
        wrong = Assert.Throws<ArgumentException>(() => KernelVerifier.Verify(GroupSums, 128, new int[128], new int[2]));
        Assert.StartsWith("GroupSums takes groups, a KernelConfig, and the extent is", wrong.Message, StringComparison.Ordinal);
        wrong = Assert.Throws<ArgumentException>(() => KernelVerifier.Verify(Scaled, new KernelConfig(1, 3), new float[3], 3f));
        Assert.StartsWith("Scaled begins with an Index1D", wrong.Message, StringComparison.Ordinal);
    }

    private static void Scaled(Index1D i, ArrayView<float> x, float by) => x[i] = by * x[i];

    private static void Shifted(ArrayView<int> x, ArrayView<int> y) => y[(Group.IdxX + 1) % 4] = x[Group.IdxX];

    private static void Products(
        Index2D at, ArrayView2D<int, Stride2D.DenseX> x, ArrayView2D<int, Stride2D.DenseY> y, Factors by)
    {
        x[at] = by.First * at.X + by.Second * at.Y;
        y[at] = by.First * at.X - by.Second * at.Y;
    }

    private static void Places(Index3D at, ArrayView3D<byte, Stride3D.DenseXY> x) => x[at] = (byte)(at.X * 100 + at.Y * 10 + at.Z);

    private static void GroupSums(ArrayView<int> x, ArrayView<int> sums)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        shared[Group.IdxX] = x[Grid.GlobalIndex.X];
        Group.Barrier();
        if (Group.IdxX > 0)
            return;
        int sum = 0;
        for (int i = 0; i < 64; i++)
            sum += shared[i];
        sums[Grid.IdxX] = sum;
    }

    internal readonly record struct Factors(int First, int Second);
}
