using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>
/// What the compiler says that its instructions need and what the tables of forms say agree: each kernel is accepted for the least target
/// that the compiler chose.
/// </summary>
public sealed class PtxCheckedTests
{
    public static TheoryData<string> Names => [.. SampleKernels.All.Select(kernel => kernel.Name)];

    public static TheoryData<string> OwnNames => [.. KernelCatalog.OfLibrary.Kernels.Select(kernel => kernel.Name)];

    /// <summary>Those under the models: nothing in them that is in doubt, such as an operand that the manual doesn't have.</summary>
    [Theory]
    [MemberData(nameof(OwnNames))]
    public void EveryKernelUnderTheModelsIsAccepted(string name)
    {
        PtxVerdict verdict = PtxCheck.Of(KernelCatalog.OfLibrary.Kernels.Single(kernel => kernel.Name == name).Show().Ptx);
        Assert.True(verdict.Accepts, $"line {verdict.Line}: {verdict.Message}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryKernelIsAcceptedForItsLeastTarget(string name)
    {
        PtxVerdict verdict = PtxCheck.Of(SampleKernels.Find(name).Show().Ptx);
        Assert.True(verdict.Accepts, $"line {verdict.Line}: {verdict.Message}");
    }

    [Fact]
    public void AKernelOfHopperIsRefusedForAmpere()
    {
        const string Line = ".target sm_90a\n";
        string hopper = SampleKernels.All.Select(kernel => kernel.Show().Ptx).First(ptx => ptx.Contains(Line, StringComparison.Ordinal));
        PtxVerdict verdict = PtxCheck.Of(hopper.Replace(Line, ".target sm_80\n", StringComparison.Ordinal));
        Assert.False(verdict.Accepts);
        Assert.Contains("requires .target", verdict.Message, StringComparison.Ordinal);
    }
}
