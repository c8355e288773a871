using System.ComponentModel;
using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Kernels.Tests.MachineCode;

/// <summary>What counts as an instruction set that may be used.</summary>
public sealed class CpuFeaturesTests
{
    private static readonly CpuidAnswers Everything = new(
        Leaf1Ecx: 1u << 12 | 1u << 27 | 1u << 28,
        Leaf7Ebx: 1u << 5 | 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31,
        Leaf7Edx: 1u << 22 | 1u << 24,
        Leaf71Eax: 1u << 5,
        EnabledStates: 0x600E6,
        TilesPermitted: true);

    [Fact]
    public void AllIsThereWhereAllIsAnswered() => Assert.Equal(TileCodeTests.All, CpuFeatures.From(Everything));

    [Theory]
    [InlineData(12)] // FMA
    [InlineData(27)] // the system saves no states
    [InlineData(28)] // AVX
    public void NothingIsThereWithout(int bit) =>
        Assert.Equal(default, CpuFeatures.From(Everything with { Leaf1Ecx = Everything.Leaf1Ecx & ~(1u << bit) }));

    [Theory]
    [InlineData(5, false)]
    [InlineData(16, true)]
    [InlineData(17, true)]
    [InlineData(30, true)]
    [InlineData(31, true)]
    public void WideVectorsNeedEachOfTheirParts(int bit, bool fma) =>
        Assert.Equal(
            new CpuFeatures(fma, false, false, false),
            CpuFeatures.From(Everything with { Leaf7Ebx = Everything.Leaf7Ebx & ~(1u << bit) }));

    [Theory]
    [InlineData(0x2ul, "none")]     // no upper halves
    [InlineData(0x6ul, "avx2")]     // no 512 bits
    [InlineData(0x66ul, "avx2")]    // not all registers
    [InlineData(0xE6ul, "avx512-bf16")]
    [InlineData(0x400E6ul, "avx512-bf16")] // tiles without their configuration
    public void RegistersThatTheSystemDoesNotSaveCountAsMissing(ulong states, string level) =>
        Assert.Equal(TileCodeTests.All.AtMost(level), CpuFeatures.From(Everything with { EnabledStates = states }));

    [Fact]
    public void TilesNeedThePermissionOfTheSystem() =>
        Assert.Equal(TileCodeTests.All.AtMost("avx512-bf16"), CpuFeatures.From(Everything with { TilesPermitted = false }));

    [Fact]
    public void ALevelThatThereIsNotIsRefused()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => TileCodeTests.All.AtMost("avx3"));
        Assert.Contains("COGVIDEOX_CPU=avx3 names none of none, avx2", refused.Message, StringComparison.Ordinal);
    }

    // A system that gives no pages for code, and a user who wants none.
    [Theory]
    [InlineData(null, "the system says no")]
    [InlineData("0", "COGVIDEOX_MACHINE_CODE is 0")]
    public void WithoutPagesForCodeNothingIsUsed(string? machineCode, string problem)
    {
        (CpuFeatures features, string? said) = CpuFeatures.Detect(
            machineCode, level: null, () => ExecutableMemory.Problem(_ => throw new Win32Exception(13, "the system says no.")));
        Assert.Equal((default, problem), (features, said));
    }

    [Fact]
    public void TheSwitchIsZeroOrOne()
    {
        string? level = Environment.GetEnvironmentVariable(CpuFeatures.Variable);
        Assert.Equal((CpuFeatures.Detected, null), CpuFeatures.Detect("1", level, () => null));
        var refused = Assert.Throws<InvalidOperationException>(() => CpuFeatures.Detect("no", null, () => null));
        Assert.Contains("COGVIDEOX_MACHINE_CODE=no is neither 0 nor 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheRuntimeSeesIsSeenHere()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(CpuFeatures.Variable) is { Length: > 0 }, "The variable says less.");
        Assert.Equal(System.Runtime.Intrinsics.X86.Fma.IsSupported, CpuFeatures.Detected.Fma);
        Assert.Equal(System.Runtime.Intrinsics.X86.Avx512BW.IsSupported, CpuFeatures.Detected.Avx512);
    }
}
