using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>
/// The operations on tensors of one device. Each checks its arguments once, makes the result in the innermost scope of
/// <see cref="Memory"/>, and runs the form of the kernel that fits the device. One file an operation.
/// </summary>
/// <remarks>
/// Operations never change their arguments, so that a tape can record them. A result has the type of its <c>x</c>; weights are read in
/// the type that they are stored in. One thread at a time computes with one object: another gets an
/// <see cref="InvalidOperationException"/>.
/// </remarks>
public sealed partial class Ops : IDisposable
{
    private Device device; // another one while work is rehearsed

    /// <summary>Operations on a device, which is disposed with this.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="activations">The type of activations, F32, BF16 or F16, where a model begins to make them.</param>
    /// <exception cref="TensorException">The device has no forms for that type.</exception>
    public Ops(Device device, DType? activations = null)
    {
        this.device = device;
        ActivationType = activations ?? DType.F32;
        Memory = new Memory(device);
        CheckComputes(ActivationType);
    }

    /// <summary>Where results live.</summary>
    public Memory Memory { get; }

    /// <summary>Name of the device.</summary>
    public string DeviceName => device.Name;

    /// <summary>
    /// The type of activations: what patches and text become where they enter a model. Statistics, sums and a sampler's latents are fp32
    /// whatever it is.
    /// </summary>
    public DType ActivationType { get; private set; }

    /// <summary>What a CPU multiplies in products, or one that is planned for; null for another device.</summary>
    internal CpuProducts? Products => device.Kind switch
    {
        DeviceKind.Cpu => CpuProducts.Fp32,
        DeviceKind.CpuBf16 => CpuProducts.Bf16,
        DeviceKind.CpuBf16Amx => CpuProducts.Bf16Amx,
        _ => null,
    };

    /// <summary>Has activations made in another type until the result is disposed: a part that computes in a type of its own.</summary>
    /// <param name="type">F32, BF16 or F16.</param>
    /// <exception cref="TensorException">The device has no forms for that type.</exception>
    internal ActivationScope ComputeIn(DType type)
    {
        CheckComputes(type);
        var scope = new ActivationScope(this, ActivationType);
        ActivationType = type;
        return scope;
    }

    /// <summary>Whether weights take memory of the device; otherwise they are read where their files are mapped.</summary>
    public bool HoldsWeights => device.HoldsWeights;

    /// <summary>Operations on the CPU.</summary>
    /// <param name="threads">How many threads compute; 0 for one a processor.</param>
    /// <param name="measure">Whether to keep the times that <see cref="TakeOperationTimes"/> gives.</param>
    /// <param name="products">What products multiply; activations are F32 in any case.</param>
    /// <exception cref="DeviceException">This processor can't multiply so.</exception>
    public static Ops OnCpu(int threads = 0, bool measure = false, CpuProducts products = CpuProducts.Fp32)
    {
        if (CpuPaths.Lack(products) is { } lack)
            throw new DeviceException($"Products in {products.ToString().ToLowerInvariant()} can't be: {lack}.");
        var cpu = new CpuDevice(threads, CpuPaths.ArithmeticOf(products));
        return new Ops(measure ? new MeasuringDevice(cpu) : cpu);
    }

    /// <summary>Operations on a device that is opened for them.</summary>
    /// <param name="source">The device.</param>
    /// <param name="activations">The type of activations.</param>
    /// <param name="measure">
    /// Whether to keep the times that <see cref="TakeOperationTimes"/> gives; then each operation is waited for.
    /// </param>
    /// <exception cref="DeviceException">It can't be opened.</exception>
    public static Ops On(IDeviceSource source, DType activations, bool measure = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        Device device = source.Open();
        try
        {
            return new Ops(measure ? new MeasuringDevice(device) : device, activations);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Operations that only check shapes and count memory and arithmetic: a dry run.</summary>
    /// <param name="device">The device to plan for, which needn't be there; null for this machine's CPU.</param>
    /// <param name="products">What the CPU multiplies; for another device it says nothing.</param>
    public static Ops Planning(DeviceSpec? device = null, CpuProducts products = CpuProducts.Fp32) => device is null
        ? new(new PlanningDevice(CpuPaths.KindOf(products)))
        : new(device.Plan(), device.Activations);

    /// <summary>In a dry run, the floating-point operations so far, at most 2⁶³ − 1; 0 elsewhere.</summary>
    public long PlannedFlops => (long)ExactFlops; // the conversion doesn't wrap

    internal bool IsPlanning => device.Place == MemoryPlace.Nowhere;

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

    /// <summary>A new tensor of any type with the given bytes, as a safetensors file has them.</summary>
    /// <exception cref="TensorException">Their number isn't the shape's.</exception>
    public unsafe Tensor FromHost(ReadOnlySpan<byte> bytes, Shape shape, DType type)
    {
        if (bytes.Length != type.BytesOf(shape.Count))
            throw new TensorException($"{bytes.Length} bytes don't fill a tensor {type} {shape}.");
        Tensor result = Memory.Empty(shape, type);
        fixed (byte* source = bytes)
            device.CopyIn(source, (nint)result.Address, bytes.Length);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Memory.Dispose();
        FreeKeptWeights();
        device.Dispose();
    }

    internal void Count(double flops) => (device as PlanningDevice)?.Count(flops);

    // One generic method, since it is compiled anew for each operation, some of them at start. Pointers of the operation were taken before:
    // another caller that gave their memory back since is found out here.
    private void Run<TOperation>(in TOperation operation) where TOperation : struct, IOperation
    {
        using Workspace workspace = operation is IUsesWorkspace
            ? new Workspace(this, ((IUsesWorkspace)operation).WorkspaceBytes(device.Kind))
            : default;
        using Memory.Stay stay = Memory.Enter();
        device.Cancellation.ThrowIfCancellationRequested();
        device.Run(operation, workspace.Address);
    }

    // So many bytes may be more than one dimension counts.
    private static Shape Bytes(long bytes)
    {
        const int Row = 1 << 20;
        return bytes <= int.MaxValue ? [(int)bytes] : [checked((int)(bytes / Row + 1)), Row];
    }

    /// <summary>What the form of an operation needs beside its operands, while it runs.</summary>
    private readonly ref struct Workspace(Ops ops, long bytes)
    {
        private readonly Tensor block = bytes == 0 ? default : ops.EmptyBytes(bytes);

        /// <summary>0 for none.</summary>
        public unsafe nint Address => block.IsNone ? 0 : (nint)block.Address;

        public void Dispose()
        {
            if (!block.IsNone)
                ops.Memory.Release(block);
        }
    }

    /// <summary>While it lasts, activations have a type of their own.</summary>
    internal readonly ref struct ActivationScope(Ops ops, DType before)
    {
        public void Dispose() => ops.ActivationType = before;
    }

    // An activation as an operand: of a type that the device computes with.
    private Elements Operand(string operation, Tensor x)
    {
        Check(
            x.IsNone || device.ComputesIn(x.Type.Format), operation,
            $"{x} can't be computed with on {device.Name}, which has no form for it.");
        return x.Elements;
    }

    private void CheckComputes(DType type)
    {
        if (!device.ComputesIn(type.Format))
            throw new TensorException($"Activations can't be {type} on {device.Name}: it has no forms for them.");
    }

    private Tensor FromHost<T>(ReadOnlySpan<T> values, Shape shape, DType type) where T : unmanaged => values.Length == shape.Count
        ? FromHost(MemoryMarshal.AsBytes(values), shape, type)
        : throw new TensorException($"{values.Length} values don't fill a tensor {shape}.");

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

    /// <summary>The message of a check, put together only where the check fails: a step that goes well allocates no text.</summary>
    [InterpolatedStringHandler]
    private ref struct CheckMessage
    {
        private DefaultInterpolatedStringHandler text;

        public CheckMessage(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = !holds;
            text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string value) => text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

        public string ToText() => text.ToStringAndClear();
    }
}
