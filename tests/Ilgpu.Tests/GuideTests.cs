using CogVideoX.Emulator;
using ILGPU;

namespace CogVideoX.Ilgpu.Tests;

/// <summary>The kernels that docs/ilgpu.md shows, and what is printed for them there.</summary>
public sealed class GuideTests(ITestOutputHelper output)
{
    private static readonly KernelConfig OneTile = new(new Index3D(1, 1, 1), new Index3D(32, 32, 1));

    [Fact]
    public void ASumThatTrustsWarpsToRunInStepIsARace()
    {
        float[] x = [.. Enumerable.Range(0, 512)], sums = new float[2];
        VerificationReport report = KernelVerifier.Verify(Sum, new KernelConfig(2, 256), x, sums);
        output.WriteLine(report.ToString());
        Assert.Equal(FaultKind.Race, report.Fault?.Fault.Kind);
        Assert.Contains("GuideTests.cs(", report.Fault!.Source, StringComparison.Ordinal);
        report = KernelVerifier.Verify(SumInOrder, new KernelConfig(2, 256), x, sums);
        output.WriteLine(report.ToString());
        Assert.True(report.IsSound);
        Assert.Equal([255 * 128, 511 * 256 - 255 * 128], sums);
    }

    [Fact]
    public void BanksThatConflictAreCounted()
    {
        AssertTransposes(Transpose, bankConflicts: 32 * 31);
        AssertTransposes(TransposeWithPadding, bankConflicts: 0);
    }

    private void AssertTransposes(Delegate kernel, long bankConflicts)
    {
        float[] x = [.. Enumerable.Range(0, 1024)], y = new float[1024];
        VerificationReport report = KernelVerifier.Verify(new VerifierOptions { Count = true }, kernel, OneTile, x, y);
        output.WriteLine(report.ToString());
        Assert.True(report.IsSound);
        LaunchCounters counters = report.Runs[0].Counters;
        output.WriteLine($"{counters.GlobalBytes} bytes of global memory, {counters.BankConflicts} bank conflicts");
        foreach (LineCounters line in counters.Lines)
            output.WriteLine($"{line.Text,-32} {line.Executions} times, {line.Sectors} sectors, {line.BankConflicts} conflicts");
        Assert.Equal((2 * 1024 * sizeof(float), bankConflicts), (counters.GlobalBytes, counters.BankConflicts));
        Assert.Equal(128, counters.Lines[0].Sectors);
        for (int i = 0; i < 1024; i++)
            Assert.Equal(x[i % 32 * 32 + i / 32], y[i]);
    }

    private static void Sum(ArrayView<float> x, ArrayView<float> sums)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(256);
        shared[Group.IdxX] = x[Grid.GlobalIndex.X];
        Group.Barrier();
        for (int stride = 128; stride > 0; stride /= 2)
        {
            if (Group.IdxX < stride)
                shared[Group.IdxX] += shared[Group.IdxX + stride];
            if (stride > 32)
                Group.Barrier(); // the rest is one warp, which runs in step: on cards before 2017 it did
        }
        if (Group.IdxX == 0)
            sums[Grid.IdxX] = shared[0];
    }

    private static void SumInOrder(ArrayView<float> x, ArrayView<float> sums)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(256);
        shared[Group.IdxX] = x[Grid.GlobalIndex.X];
        Group.Barrier();
        for (int stride = 128; stride > 0; stride /= 2)
        {
            if (Group.IdxX < stride)
                shared[Group.IdxX] += shared[Group.IdxX + stride];
            Group.Barrier();
        }
        if (Group.IdxX == 0)
            sums[Grid.IdxX] = shared[0];
    }

    private static void Transpose(ArrayView<float> x, ArrayView<float> y)
    {
        ArrayView<float> tile = SharedMemory.Allocate<float>(32 * 32);
        int at = Group.IdxY * 32 + Group.IdxX;
        tile[at] = x[at];
        Group.Barrier();
        y[at] = tile[Group.IdxX * 32 + Group.IdxY];
    }

    private static void TransposeWithPadding(ArrayView<float> x, ArrayView<float> y)
    {
        const int Pitch = 33;
        ArrayView<float> tile = SharedMemory.Allocate<float>(32 * Pitch);
        int at = Group.IdxY * 32 + Group.IdxX;
        tile[Group.IdxY * Pitch + Group.IdxX] = x[at];
        Group.Barrier();
        y[at] = tile[Group.IdxX * Pitch + Group.IdxY];
    }
}
