using System.Diagnostics;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using CogVideoX.Testing;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>Runs cases on a device of portable kernels and in the naive forms, and remembers what wasn't right.</summary>
/// <param name="activations">The type of activations.</param>
/// <param name="open">Opens the device, again after a fault; it is given what to tell of launches.</param>
internal sealed class OperationSweep(DType activations, Func<Action<EmulatedKernel, LaunchReport>, Device> open) : IDisposable
{
    private readonly Ops naive = new(new ReferenceDevice(), activations);
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly List<string> wrong = [];
    private WatchedDevice? device;
    private Ops? ops;
    private int cases, launches;
    private long instructions;

    // Both round nearly the same fp32 value, so few results differ at all; of few results, one by a last place counts for more.
    private double Tolerance(long count) => activations == DType.F32 ? 1e-6
        : activations == DType.F16 ? count < 64 ? 1.0 / 2048 : 2e-4
        : count < 64 ? 1.0 / 256 : 1e-3;

    /// <summary>Runs a case.</summary>
    /// <param name="one">What to run.</param>
    /// <param name="seed">Of its numbers.</param>
    public void Run(SweepCase one, int seed)
    {
        cases++;
        try
        {
            Compare(one, seed);
        }
        catch (Exception exception) when (exception is DeviceException or EmulatedDeviceException or NotSupportedException)
        {
            wrong.Add($"{one}: {exception.Message}");
            Close(); // nothing runs on a device after a fault
        }
    }

    /// <summary>Says what ran; fails where something wasn't right.</summary>
    public void Finish(string what, ITestOutputHelper output)
    {
        output.WriteLine(
            $"{what}: {cases} cases, {launches} launches, {instructions:N0} thread instructions, {watch.Elapsed.TotalSeconds:F1} s");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases} cases aren't right:\n{string.Join('\n', wrong.Take(40))}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        naive.Dispose();
    }

    private void Compare(SweepCase one, int seed)
    {
        if (ops is null)
            ops = new Ops(device = new WatchedDevice(open(Count)), activations);
        device!.Ran.Clear();
        using MemoryScope scope = ops.Memory.Scope(), naiveScope = naive.Memory.Scope();
        Tensor expected = one.Run(naive, new Inputs(naive, activations, seed)), actual = one.Run(ops, new Inputs(ops, activations, seed));
        if (!device.Ran.Contains(one.Operation))
            wrong.Add($"{one}: ran {string.Join(", ", device.Ran.Select(type => type.Name))}");
        if (actual.Type != expected.Type || actual.Shape != expected.Shape)
            wrong.Add($"{one}: {actual.Type} {actual.Shape}, not {expected.Type} {expected.Shape}");
        double error = Agree.RelativeError(actual.ToFloats(), expected.ToFloats());
        if (error > Tolerance(expected.Count))
            wrong.Add($"{one}: relative error {error:E2}, allowed {Tolerance(expected.Count):E1}");
    }

    private void Count(EmulatedKernel kernel, LaunchReport report)
    {
        launches++;
        instructions += report.Counters.ThreadInstructions;
    }

    private void Close()
    {
        ops?.Dispose();
        ops = null;
    }
}
