using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>
/// Portable kernels as .NET code in ILGPU's simulator: the smallest case of each operation, for it has a thread of the system for each
/// thread of a group. (All other tests of theirs run in the emulator.) One at a time, beside nothing else.
/// </summary>
[Collection(nameof(SimulatorTests))]
[CollectionDefinition(nameof(SimulatorTests), DisableParallelization = true)]
public sealed class SimulatorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("F32")]
    [InlineData("BF16")]
    [InlineData("F16")]
    public void EveryOperationIsRight(string type)
    {
        Assert.True(DType.TryParse(type, out DType activations));
        using var sweep = new OperationSweep(activations, _ => GpuDevices.OpenSimulator());
        foreach (IGrouping<Type, SweepCase> operation in SweepCases.All)
            sweep.Run(operation.First(), 1);
        sweep.Finish($"simulator {type}", output);
    }
}
