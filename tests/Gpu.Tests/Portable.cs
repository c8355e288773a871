using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using CogVideoX.Testing;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>A device of portable kernels beside the naive forms, with activations of one type, for any number of comparisons.</summary>
internal sealed class Portable : IDisposable
{
    private readonly Ops device;
    private readonly Ops naive;
    private readonly DType activations;
    private readonly double tolerance;

    /// <param name="name">Which device.</param>
    /// <param name="type">Activations.</param>
    /// <param name="tolerance">What results may differ, as a relative L2 error; by default what suits the type.</param>
    public Portable(string name, string type, double? tolerance = null)
    {
        Assert.True(DType.TryParse(type, out activations));
        device = OpenOps(name, activations);
        naive = new Ops(new ReferenceDevice(), activations);
        // Both round the same number, but for what fp32 sums differ in: a last place here and there.
        this.tolerance = tolerance ?? type switch
        {
            "F32" => 1e-6,
            "F16" => 2e-4,
            _ => 1e-3,
        };
    }

    /// <summary>Every device with every type of activations.</summary>
    public static TheoryData<string, string> Each { get; } = new MatrixTheoryData<string, string>(Devices, ["F32", "BF16", "F16"]);

    /// <summary>Every device.</summary>
    public static TheoryData<string> EachDevice { get; } = [.. Devices];

    private static string[] Devices => ["simulator", "emulator"];

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

    /// <summary>Operations on a device of portable kernels.</summary>
    public static Ops OpenOps(string name, DType activations) => new(Open(name), activations);

    private static Device Open(string name) => name switch
    {
        "simulator" => GpuDevices.OpenSimulator(),
        "emulator" => GpuDevices.OpenEmulator(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}

/// <summary>Random operands, from −2 to 2.</summary>
/// <param name="ops">Where they are used.</param>
/// <param name="activations">The type of activations.</param>
internal sealed class Inputs(Ops ops, DType activations)
{
    private readonly Random random = new(1);

    /// <summary>Activations.</summary>
    public Tensor X(Shape shape) => Of(shape, activations);

    /// <summary>Numbers of a type.</summary>
    public Tensor Of(Shape shape, DType type)
    {
        float[] values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(random.NextDouble() * 4 - 2);
        return ops.Cast(ops.FromHost(values, shape), type);
    }
}
