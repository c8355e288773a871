using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu.Tests;

/// <summary>What ILGPU 1.5.3 does that one doesn't see in a kernel (docs/ilgpu.md), each in the smallest kernel that has it.</summary>
public sealed class TrapTests(ITestOutputHelper output)
{
    private static readonly VerifierOptions O2 = new() { Context = builder => builder.Optimize(OptimizationLevel.O2) };

    /// <summary>What a branch of threads apart chose among constants counts as the same in all of them.</summary>
    [Fact]
    public void AChoiceAmongConstantsIsTakenForUniform()
    {
        int[] x = [.. Enumerable.Range(0, 32)], marks = new int[32];
        AssertParted(Verify(O2, ChosenAmongConstants, new KernelConfig(1, 32), x, marks));
        Assert.True(Verify(new VerifierOptions(), ChosenAmongConstants, new KernelConfig(1, 32), x, marks).IsSound);
        Assert.Equal(-15, x[15]);
        Assert.Equal(16, x[16]);
    }

    /// <summary>The index of an implicitly grouped kernel counts as a parameter, which all threads have alike.</summary>
    [Fact]
    public void TheIndexOfAKernelIsTakenForUniform()
    {
        int[] results = new int[4];
        AssertParted(Verify(O2, WithinTheView, 4, new[] { 5, 6, 7 }, results));
        Assert.True(Verify(new VerifierOptions(), WithinTheView, 4, new[] { 5, 6, 7 }, results).IsSound);
        Assert.Equal([5, 6, 7, 0], results);
    }

    /// <summary>The switch of ILGPU's open issue 846 (an illegal access on cards, at O2 alone): its jump is for one way only.</summary>
    [Fact]
    public void TheSwitchOfIssue846PartsAWarpThatMustNot()
    {
        int[] results = [0, 0, 0];
        AssertParted(Verify(O2, SwitchOfIssue846, 3, new[] { 0, 1, 2 }, results));
        Assert.True(Verify(new VerifierOptions(), SwitchOfIssue846, 3, new[] { 0, 1, 2 }, results).IsSound);
        Assert.Equal([11, 22, 33], results);
    }

    /// <summary>A property of view[i] is a method of an address: each field that it reads is a load of its own.</summary>
    [Fact]
    public void APropertyOfAnElementLoadsFieldsApart()
    {
        Assert.Equal((4, 64), LoadsAndSectors(SumInPlace));
        Assert.Equal((1, 16), LoadsAndSectors(SumOfCopy));
    }

    /// <summary>
    /// A short choice becomes a selection: every thread computes both sides. Of a division by zero PTX leaves the result open; it isn't
    /// used here, but the emulator says so.
    /// </summary>
    [Fact]
    public void AShortChoiceComputesBothSides()
    {
        int[] results = new int[4];
        VerificationReport all = Verify(new VerifierOptions(), Cubes, 4, new[] { 3, 3, 3, 3 }, results);
        VerificationReport none = Verify(new VerifierOptions(), Cubes, 4, new[] { 1, 1, 1, 1 }, results);
        Assert.Equal(all.ThreadInstructions, none.ThreadInstructions);
        VerificationReport divided = Verify(new VerifierOptions(), Divided, 4, new[] { 0, 1, 2, 3 }, results);
        Assert.Equal(FaultKind.Invalid, divided.Fault?.Fault.Kind);
        Assert.Contains("divides by zero", divided.ToString(), StringComparison.Ordinal);
    }

    /// <summary>On the host, Cast moves a view that begins in the middle of an int back; in a kernel the address is misaligned.</summary>
    [Fact]
    public void CastMovesAViewThatIsMisaligned()
    {
        byte[] bytes = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        int[] read = [0];
        VerificationReport report = KernelVerifier.Verify(accelerator =>
        {
            using MemoryBuffer1D<byte, Stride1D.Dense> from = accelerator.Allocate1D(bytes);
            using MemoryBuffer1D<int, Stride1D.Dense> to = accelerator.Allocate1D(read);
            accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(Copied)(
                1, from.View.BaseView.SubView(2, 8).Cast<int>(), to.View);
            read = to.GetAsArray1D();
        });
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal(0x03020100, read[0]); // and not 05 04 03 02
        report = Verify(new VerifierOptions(), CastInTheKernel, 1, bytes, read);
        Assert.Equal(FaultKind.Misaligned, report.Fault?.Fault.Kind);
    }

    /// <summary>GroupExtensions.Reduce adds warps by atomics: which comes first is open, and with floats that can be seen.</summary>
    [Fact]
    public void AGroupsSumOfFloatsDependsOnTheOrderOfWarps()
    {
        float[] values = [.. Enumerable.Range(0, 1024).Select(i => 1f / (i + 1))];
        var sums = new HashSet<float>();
        for (int seed = 0; seed < 16; seed++)
        {
            float[] sum = [0];
            var options = new VerifierOptions { Seed = seed, Context = builder => builder.EnableAlgorithms() };
            Assert.True(Verify(options, GroupSum, new KernelConfig(1, 1024), values, sum).IsSound);
            Assert.Equal(7.5091753f, sum[0], 1e-5f);
            sums.Add(sum[0]);
        }
        output.WriteLine(string.Join(" ", sums.Select(BitConverter.SingleToInt32Bits).Select(bits => $"{bits:X8}")));
        Assert.True(sums.Count > 1, "All seeds gave one sum.");
    }

    private static (int Loads, long Sectors) LoadsAndSectors(Action<Index1D, ArrayView<Quad>, ArrayView<float>> kernel)
    {
        Quad[] quads = [.. Enumerable.Range(0, 32).Select(i => new Quad(i, 1, 2, 3))];
        float[] sums = new float[32];
        VerificationReport report = KernelVerifier.Verify(new VerifierOptions { Count = true }, kernel, 32, quads, sums);
        Assert.True(report.IsSound, report.ToString());
        Assert.Equal(9 + 6, sums[9]);
        LineCounters[] loads = [.. report.Runs[0].Counters.Lines.Where(line => line.Text.StartsWith("ld", StringComparison.Ordinal))];
        return (loads.Length, loads.Sum(line => line.Sectors));
    }

    private VerificationReport Verify(VerifierOptions options, Delegate kernel, LaunchExtent extent, params object[] arguments)
    {
        VerificationReport report = KernelVerifier.Verify(options, kernel, extent, arguments);
        output.WriteLine(report.ToString());
        return report;
    }

    private static void AssertParted(VerificationReport report)
    {
        Assert.Equal(FaultKind.Divergent, report.Fault?.Fault.Kind);
        Assert.Contains(".uni", report.Fault!.Instruction, StringComparison.Ordinal);
        Assert.Contains("TrapTests.cs(", report.Fault.Source, StringComparison.Ordinal);
    }

    private static void ChosenAmongConstants(ArrayView<int> x, ArrayView<int> marks)
    {
        int i = Group.IdxX, chosen;
        if (x[i] < 16)
        {
            marks[i] = 1;
            chosen = 1;
        }
        else
        {
            chosen = 2;
        }
        Group.Barrier();
        if (chosen == 1)
            x[i] = -x[i];
    }

    private static void WithinTheView(Index1D i, ArrayView<int> x, ArrayView<int> results) => results[i] = i < x.Length ? x[i] : 0;

    private static void SwitchOfIssue846(Index1D i, ArrayView<int> x, ArrayView<int> results)
    {
        switch (x[i])
        {
            case 0:
                results[0] = 11;
                break;
            case 1:
                results[1] = 22;
                break;
            case 2:
                results[2] = 33;
                break;
        }
    }

    private static void SumInPlace(Index1D i, ArrayView<Quad> quads, ArrayView<float> sums) => sums[i] = quads[i].Sum;

    private static void SumOfCopy(Index1D i, ArrayView<Quad> quads, ArrayView<float> sums)
    {
        Quad quad = quads[i];
        sums[i] = quad.Sum;
    }

    private static void Cubes(Index1D i, ArrayView<int> x, ArrayView<int> results)
    {
        int value = x[i];
        results[i] = value > 2 ? value * value * value : value;
    }

    private static void Divided(Index1D i, ArrayView<int> by, ArrayView<int> results)
    {
        int divisor = by[i];
        results[i] = divisor == 0 ? 0 : 60 / divisor;
    }

    private static void Copied(Index1D i, ArrayView<int> x, ArrayView<int> results) => results[i] = x[i];

    private static void CastInTheKernel(Index1D i, ArrayView<byte> bytes, ArrayView<int> results) =>
        results[i] = bytes.SubView(2, 8).Cast<int>()[i];

    private static void GroupSum(ArrayView<float> values, ArrayView<float> sums)
    {
        float sum = GroupExtensions.Reduce<float, AddFloat>(values[Group.IdxX]);
        if (Group.IdxX == 0)
            sums[0] = sum;
    }

    internal readonly record struct Quad(float X, float Y, float Z, float W)
    {
        public float Sum => X + Y + Z + W;
    }
}
