using System.Runtime.CompilerServices;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Runtime;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.Gpu;

/// <summary>An accelerator of ILGPU: its memory, one stream, and the portable kernels.</summary>
public sealed unsafe class IlgpuDevice : Device
{
    private readonly Context context;
    private readonly Accelerator accelerator;
    private readonly AcceleratorStream stream;
    private readonly Blocks blocks;
    private readonly Queue queue;
    private readonly Marks marks;

    /// <param name="context">The context of the accelerator; disposed with this.</param>
    /// <param name="accelerator">Where to compute; disposed with this.</param>
    /// <param name="name">Name for people.</param>
    internal IlgpuDevice(Context context, Accelerator accelerator, string name)
    {
        this.context = context;
        this.accelerator = accelerator;
        Name = name;
        stream = accelerator.CreateStream();
        blocks = new Blocks(accelerator);
        queue = new Queue(this);
        marks = new Marks(stream);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Ilgpu;

    /// <inheritdoc/>
    public override MemoryPlace Place => MemoryPlace.Device;

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) => format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16;

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => blocks.Allocate(bytes);

    /// <inheritdoc/>
    public override void Free(nint address) => blocks.Free(address);

    /// <inheritdoc/>
    public override void CopyIn(void* source, nint target, long bytes) => blocks.View<byte>(target, bytes)
        .CopyFromCPU(stream, ref Unsafe.AsRef<byte>(source), bytes);

    /// <inheritdoc/>
    public override void CopyOut(nint source, void* target, long bytes)
    {
        blocks.View<byte>(source, bytes).CopyToCPU(stream, ref Unsafe.AsRef<byte>(target), bytes);
        stream.Synchronize();
    }

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        queue.Workspace = workspace;
        operation.RunIlgpu(queue);
    }

    /// <inheritdoc/>
    public override Mark Mark() => marks.Add();

    /// <inheritdoc/>
    public override void Wait(Mark mark) => marks.Wait(mark);

    /// <inheritdoc/>
    public override TimeSpan Elapsed(Mark from, Mark to) => marks.Elapsed(from, to);

    /// <inheritdoc/>
    public override void Synchronise() => stream.Synchronize();

    /// <inheritdoc/>
    public override void Dispose()
    {
        marks.Dispose();
        blocks.Dispose();
        stream.Dispose();
        accelerator.Dispose();
        context.Dispose();
        base.Dispose();
    }

    private sealed class Queue(IlgpuDevice device) : IlgpuQueue
    {
        private readonly Dictionary<Delegate, Delegate> launchers = new(ReferenceEqualityComparer.Instance);

        internal override int Multiprocessors => device.accelerator.NumMultiprocessors;

        internal override ArrayView<T> View<T>(void* address, long count) =>
            address is null ? ArrayView<T>.Empty : device.blocks.View<T>((nint)address, count);

        internal override void Launch<TArguments>(Action<TArguments> kernel, KernelConfig config, in TArguments arguments)
        {
            if (!launchers.TryGetValue(kernel, out Delegate? launcher))
                launchers.Add(kernel, launcher = device.accelerator.LoadKernel(kernel));
            ((Action<AcceleratorStream, KernelConfig, TArguments>)launcher)(device.stream, config, arguments);
        }
    }
}
