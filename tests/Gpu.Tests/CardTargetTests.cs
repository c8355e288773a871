using System.Runtime.CompilerServices;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>What PTX is written for on cards that this machine hasn't.</summary>
public sealed class CardTargetTests
{
    [Theory]
    [InlineData(8, 0)]
    [InlineData(8, 9)]
    [InlineData(9, 0)]
    public void KnownCardsGetTheirOwn(int major, int minor) => Assert.Null(CardTarget.For(new CudaArchitecture(major, minor)));

    // Those that ILGPU 1.5.3 has in its table, those that it hasn't, and one that isn't built yet.
    [Theory]
    [InlineData(10, 0)]
    [InlineData(11, 0)]
    [InlineData(12, 0)]
    [InlineData(12, 1)]
    [InlineData(13, 0)]
    public void LaterCardsGetWhatRunsOnAll(int major, int minor) => Assert.Equal(
        (CudaArchitecture.SM_90, CudaInstructionSet.ISA_80), CardTarget.For(new CudaArchitecture(major, minor)));

    // ILGPU keeps the property's setter to itself: a version that hasn't got it must fail here, not on the first new card.
    [Fact]
    public void IlgpuTakesTheChoice()
    {
        var device = (CudaDevice)RuntimeHelpers.GetUninitializedObject(typeof(CudaDevice));
        CardTarget.SetArchitecture(device, CudaArchitecture.SM_90);
        Assert.Equal(CudaArchitecture.SM_90, device.Architecture);
    }
}
