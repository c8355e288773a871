using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using CogVideoX.Testing;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Portable kernels in the emulator beside the naive forms, with activations of one type, for any number of comparisons.</summary>
internal sealed class Portable : IDisposable
{
    private readonly Ops device;
    private readonly Ops naive;
    private readonly DType activations;
    private readonly double tolerance;

    /// <param name="type">Activations.</param>
    /// <param name="tolerance">What results may differ, as a relative L2 error; by default what suits the type.</param>
    public Portable(string type, double? tolerance = null)
    {
        Assert.True(DType.TryParse(type, out activations));
        device = new Ops(GpuDevices.OpenEmulator(portable: true), activations);
        naive = new Ops(new ReferenceDevice(), activations);
        // Both round the same number, but for what fp32 sums differ in: a last place here and there.
        this.tolerance = tolerance ?? type switch
        {
            "F32" => 1e-6,
            "F16" => 2e-4,
            _ => 1e-3,
        };
    }

    /// <summary>Every type of activations.</summary>
    public static TheoryData<string> EachType { get; } = ["F32", "BF16", "F16"];

    /// <summary>Computes the same on both and compares; random numbers are the same, too.</summary>
    public void Agrees(string what, Func<Ops, Inputs, Tensor> run)
    {
        Tensor expected = run(naive, new Inputs(naive, activations)), actual = run(device, new Inputs(device, activations));
        Assert.Equal(expected.Type, actual.Type);
        Agree.With(expected, actual, $"{what} {activations}", tolerance);
    }

    public void Dispose()
    {
        device.Dispose();
        naive.Dispose();
    }
}
