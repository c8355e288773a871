using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>
/// The operations on tensors of one device. Each checks its arguments once, makes the result in the innermost scope of
/// <see cref="Memory"/>, and runs the form of the kernel that fits the device. One file an operation.
/// </summary>
/// <remarks>
/// Operations never change their arguments, so that a tape can record them. Activations are F32; weights are read in the type
/// that they are stored in. One thread at a time computes with one object: another gets an <see cref="InvalidOperationException"/>.
/// </remarks>
public sealed partial class Ops : IDisposable
{
    private readonly Device device;

    /// <summary>Operations on <paramref name="device"/>, which is disposed with this.</summary>
    public Ops(Device device)
    {
        this.device = device;
        Memory = new Memory(device);
    }

    /// <summary>Where results live.</summary>
    public Memory Memory { get; }

    /// <summary>Name of the device.</summary>
    public string DeviceName => device.Name;

    /// <summary>False in a dry run, which needs no contents: what is costly to compute may stay <see cref="Empty"/>.</summary>
    public bool HoldsData => device.HoldsData;

    /// <summary>Operations on the CPU.</summary>
    /// <param name="threads">How many threads compute; 0 for one a processor.</param>
    /// <param name="measure">Whether to keep the times that <see cref="TakeOperationTimes"/> gives.</param>
    public static Ops OnCpu(int threads = 0, bool measure = false) =>
        new(measure ? new MeasuringDevice(new CpuDevice(threads)) : new CpuDevice(threads));

    /// <summary>Operations that only check shapes and count memory and arithmetic: a dry run.</summary>
    public static Ops Planning() => new(new PlanningDevice());

    /// <summary>In a dry run, the floating-point operations so far, at most 2⁶³ − 1; 0 elsewhere.</summary>
    public long PlannedFlops => (long)ExactFlops; // the conversion doesn't wrap

    internal double ExactFlops => device is PlanningDevice plan ? plan.Flops : 0;

    /// <summary>
    /// Stops what computes here, within an operation too: it throws <see cref="OperationCanceledException"/>, and so does every one
    /// after it until another token is set. Set it between operations.
    /// </summary>
    public CancellationToken Cancellation
    {
        get => device.Cancellation;
        set => device.Cancellation = value;
    }

    /// <summary>What each kind of operation took since the last call, the most time first; nothing where it isn't measured.</summary>
    public IReadOnlyList<OperationTime> TakeOperationTimes() => device is MeasuringDevice measuring ? measuring.Take() : [];

    /// <summary>Short for <see cref="Memory.Scope"/>.</summary>
    public MemoryScope Scope() => Memory.Scope();

    /// <summary>A new F32 tensor with undefined contents.</summary>
    public Tensor Empty(Shape shape) => Memory.Empty(shape, DType.F32);

    /// <summary>A new F32 tensor with the given elements, in row-major order.</summary>
    /// <exception cref="TensorException">Their number isn't the shape's.</exception>
    public Tensor FromHost(ReadOnlySpan<float> values, Shape shape) => FromHost(values, shape, DType.F32);

    /// <summary>A new I32 tensor with the given elements, in row-major order.</summary>
    /// <exception cref="TensorException">Their number isn't the shape's.</exception>
    public Tensor FromHost(ReadOnlySpan<int> values, Shape shape) => FromHost(values, shape, DType.I32);

    /// <inheritdoc/>
    public void Dispose()
    {
        Memory.Dispose();
        device.Dispose();
    }

    internal void Count(double flops) => (device as PlanningDevice)?.Count(flops);

    // Pointers of the operation were taken before: another caller that gave their memory back since is found out here.
    private void Run<TOperation>(in TOperation operation) where TOperation : struct, IOperation
    {
        using Memory.Stay stay = Memory.Enter();
        device.Cancellation.ThrowIfCancellationRequested();
        device.Run(operation);
    }

    // Room for so many floats, which may be more than one dimension counts.
    private Tensor Workspace(long floats)
    {
        const int Row = 1 << 20;
        return Empty(floats <= int.MaxValue ? [(int)floats] : [checked((int)(floats / Row + 1)), Row]);
    }

    private Tensor FromHost<T>(ReadOnlySpan<T> values, Shape shape, DType type) where T : unmanaged
    {
        if (values.Length != shape.Count)
            throw new TensorException($"{values.Length} values don't fill a tensor {shape}.");
        Tensor result = Memory.Empty(shape, type);
        if (device.HoldsData)
            values.CopyTo(result.AsSpan<T>());
        return result;
    }

    private static void Check(bool holds, string operation, [InterpolatedStringHandlerArgument(nameof(holds))] ref CheckMessage problem)
    {
        if (!holds)
            Throw(operation, problem.ToText());
    }

    private static void Check(bool holds, string operation, string problem)
    {
        if (!holds)
            Throw(operation, problem);
    }

    [DoesNotReturn]
    private static void Throw(string operation, string problem) => throw new TensorException($"{operation}: {problem}");
}
