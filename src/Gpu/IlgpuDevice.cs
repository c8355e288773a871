using System.Runtime.CompilerServices;
using CogVideoX.Ilgpu;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Ilgpu;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Tensors;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using Device = CogVideoX.Kernels.Devices.Device;

namespace CogVideoX.Gpu;

/// <summary>
/// An accelerator of ILGPU: its memory, one stream (and one for copies beside it), and kernels: those of our own compiler where an
/// operation has them for its operands and the accelerator runs them, and the portable ones.
/// </summary>
public sealed unsafe class IlgpuDevice : Device, ITunedDevice
{
    private readonly Context context;
    private readonly AcceleratorStream stream;
    private readonly Blocks blocks;
    private readonly Staging staging;
    private readonly Marks marks;
    private readonly Queue queue;
    private readonly CompiledKernels? compiled;
    private CopyLane? lane;
    private string last = "its first work"; // the operation that was begun last
    private bool isRecording;

    /// <param name="context">The context of the accelerator; disposed with this.</param>
    /// <param name="accelerator">Where to compute; disposed with this.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="portable">Runs the portable kernels only.</param>
    internal IlgpuDevice(Context context, Accelerator accelerator, string name, bool portable = false)
    {
        this.context = context;
        Accelerator = accelerator;
        Name = name;
        stream = accelerator.CreateStream();
        blocks = new Blocks(accelerator);
        staging = new Staging(accelerator, stream);
        marks = new Marks(stream);
        queue = new Queue(this);
        compiled = portable ? null : CompiledKernels.On(accelerator, stream, () => RefuseToRecord("a kernel's first launch"));
    }

    /// <summary>ILGPU's own, for what isn't done here.</summary>
    public Accelerator Accelerator { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Ilgpu;

    /// <inheritdoc/>
    public override MemoryPlace Place => MemoryPlace.Device;

    /// <summary>Looked at before each operation; on the emulator, within a launch as well.</summary>
    public override CancellationToken Cancellation
    {
        get => base.Cancellation;
        set
        {
            base.Cancellation = value;
            if (Accelerator is EmulatorAccelerator emulator)
                emulator.Emulated.Cancellation = value;
        }
    }

    TileTable ITunedDevice.Tiles
    {
        get => compiled?.Tiles ?? TileTable.Empty;
        set
        {
            if (compiled is not null)
                compiled.Tiles = value;
        }
    }

    TileCard? ITunedDevice.Card => compiled?.Card;

    /// <summary>How many blocks of memory there are.</summary>
    internal int BlockCount => blocks.Count;

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) => format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16;

    /// <inheritdoc/>
    public override bool ReadsWeights(ElementFormat format) => ComputesIn(format);

    /// <inheritdoc/>
    public override bool Multiplies(ElementFormat weights, ElementFormat activations) => ReadsWeights(weights)
        || (compiled is not null && weights == ElementFormat.F8E4M3 && activations is ElementFormat.BF16 or ElementFormat.F16);

    /// <inheritdoc/>
    public override nint Allocate(long bytes)
    {
        RefuseToRecord($"a request for {bytes} bytes of memory");
        try
        {
            return blocks.Allocate(bytes);
        }
        catch (Exception exception) when (IlgpuErrors.IsOutOfMemory(exception))
        {
            throw new OutOfMemoryException($"{Name} has no block of {bytes} bytes.", exception);
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed($"a request for {bytes} bytes of memory, after {last}", exception);
        }
    }

    /// <inheritdoc/>
    public override void Free(nint address)
    {
        RefuseToRecord("memory that is given back");
        blocks.Free(address);
    }

    /// <inheritdoc/>
    public override void CopyIn(void* source, nint target, long bytes)
    {
        RefuseToRecord("a copy from the host");
        try
        {
            staging.CopyIn(source, blocks.View<byte>(target, bytes));
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed($"copying {bytes} bytes to it, after {last}", exception);
        }
    }

    /// <inheritdoc/>
    public override void CopyInBeside(void* source, nint target, long bytes, Mark after)
    {
        try
        {
            (lane ??= new CopyLane(Accelerator)).CopyIn(source, blocks.View<byte>(target, bytes), marks.MarkerOf(after));
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed($"copying {bytes} bytes to it, beside {last}", exception);
        }
    }

    /// <inheritdoc/>
    public override void JoinCopies()
    {
        try
        {
            lane?.Join(stream);
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed($"copies beside {last}", exception);
        }
    }

    /// <inheritdoc/>
    public override void CopyOut(nint source, void* target, long bytes)
    {
        RefuseToRecord("a copy to the host");
        try
        {
            blocks.View<byte>(source, bytes).CopyToCPU(stream, ref Unsafe.AsRef<byte>(target), bytes);
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed($"copying {bytes} bytes from it, after {last}", exception);
        }
    }

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        queue.Workspace = workspace;
        last = TOperation.Name;
        if (!TryRunCompiled(operation, workspace))
            operation.RunIlgpu(queue);
    }

    /// <inheritdoc/>
    public override Mark Mark()
    {
        RefuseToRecord("a mark");
        try
        {
            return marks.Add();
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed($"a mark after {last}", exception);
        }
    }

    /// <inheritdoc/>
    public override void Wait(Mark mark)
    {
        RefuseToRecord("waiting");
        try
        {
            marks.Wait(mark);
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed($"what was begun up to {last}", exception);
        }
    }

    /// <inheritdoc/>
    public override TimeSpan Elapsed(Mark from, Mark to)
    {
        Wait(to);
        return marks.Elapsed(from, to);
    }

    /// <inheritdoc/>
    public override bool Records => LaunchGraph.CanCapture(Accelerator);

    /// <inheritdoc/>
    public override Recording Record(Action work)
    {
        if (!Records)
            return base.Record(work);
        RefuseToRecord("another recording");
        try
        {
            isRecording = true;
            return new GraphRecording(LaunchGraph.Capture(stream, work));
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw new DeviceException(
                $"{Name} failed at recording {last}: {exception.Message} "
                    + "Where graphs are off (ComputeOptions.Graph) nothing is recorded.",
                exception);
        }
        finally
        {
            isRecording = false;
        }
    }

    /// <inheritdoc/>
    public override void Replay(Recording recording)
    {
        RefuseToRecord("another recording");
        last = $"{recording.Launches} recorded launches";
        try
        {
            ((GraphRecording)recording).Graph.Launch(stream);
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed(last, exception);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        lane?.Dispose();
        staging.Dispose();
        marks.Dispose();
        compiled?.Dispose();
        blocks.Dispose();
        stream.Dispose();
        Accelerator.Dispose();
        context.Dispose();
        base.Dispose();
    }

    private bool TryRunCompiled<TOperation>(in TOperation operation, nint workspace) where TOperation : struct, IOperation
    {
        if (compiled is null)
            return false;
        compiled.Workspace = workspace;
        try
        {
            return operation.TryRunCuda(compiled);
        }
        catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
        {
            throw Failed(TOperation.Name, exception);
        }
    }

    private void RefuseToRecord(string what)
    {
        if (isRecording)
            throw new InvalidOperationException($"{what} can't be recorded, and {Name} is recording (after {last}).");
    }

    private DeviceException Failed(string at, Exception exception) => new(
        $"{Name} failed at {at}: {exception.Message} What was on the device is lost; open it anew, or compute on another device.",
        exception);

    private sealed class Queue(IlgpuDevice device) : IlgpuQueue
    {
        private readonly Dictionary<Delegate, Delegate> launchers = new(ReferenceEqualityComparer.Instance);

        internal override int Multiprocessors => device.Accelerator.NumMultiprocessors;

        internal override ArrayView<T> View<T>(void* address, long count) =>
            address is null || count == 0 ? ArrayView<T>.Empty : device.blocks.View<T>((nint)address, count);

        internal override void Launch<TArguments>(Action<TArguments> kernel, KernelConfig config, in TArguments arguments)
        {
            try
            {
                if (!launchers.TryGetValue(kernel, out Delegate? launcher))
                    launchers.Add(kernel, launcher = Load(kernel));
                ((Action<AcceleratorStream, KernelConfig, TArguments>)launcher)(device.stream, config, arguments);
            }
            catch (Exception exception) when (IlgpuErrors.IsDevices(exception))
            {
                throw device.Failed($"{device.last}, {IlgpuErrors.Sizes(arguments)}", exception);
            }
        }

        private Delegate Load<TArguments>(Action<TArguments> kernel) where TArguments : struct
        {
            device.RefuseToRecord("a kernel's first launch");
            try
            {
                return device.Accelerator.LoadKernel(kernel);
            }
            catch (CudaException exception) when (device.Accelerator is CudaAccelerator card)
            {
                throw new CudaException(
                    $"{exception.Message} The driver's log of '{kernel.Method.Name}':\n{card.LoadingLog(kernel.Method)}");
            }
        }
    }
}
