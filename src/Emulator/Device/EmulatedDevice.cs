using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Device;

namespace CogVideoX.Emulator;

/// <summary>
/// A GPU that is emulated: memory that lasts, modules that are loaded once, streams and events. Everything is checked as
/// <see cref="PtxEmulator"/> does; races are those within a launch. One thread at a time may call it, and another gets an
/// <see cref="InvalidOperationException"/>. After a fault every call throws an <see cref="EmulatedDeviceException"/> that names it.
/// </summary>
/// <remarks>
/// The device's own calls are done at once and wait for no stream; only <see cref="Free"/> and <see cref="Synchronise()"/> wait for all.
/// </remarks>
public sealed unsafe class EmulatedDevice : IDisposable
{
    private const long SeedStep = 0x9E3779B9;

    private readonly EmulatedDeviceOptions options;
    private readonly DeviceGate gate;
    private readonly WorkQueue queue;
    private long launches;
    private int captures; // streams that are captured now

    public EmulatedDevice(EmulatedDeviceOptions? options = null)
    {
        this.options = options ?? new EmulatedDeviceOptions();
        this.options.Validate();
        gate = new DeviceGate(this, this.options.KeepGoing);
        queue = new WorkQueue(this.options.Launch.Seed);
        Cancellation = this.options.Launch.Cancellation;
        Memory = new DeviceMemory(this.options);
    }

    /// <summary>What it was made with.</summary>
    public EmulatedDeviceOptions Options => options;

    /// <summary>Allocations that haven't been freed.</summary>
    public int LiveAllocations => Memory.Count;

    /// <summary>Bytes of these.</summary>
    public long LiveBytes => Memory.Bytes;

    /// <summary>The largest that <see cref="LiveBytes"/> has been.</summary>
    public long PeakBytes => Memory.Peak;

    /// <summary>Calls of <see cref="Allocate"/> so far, failed ones too.</summary>
    public long AllocationCount => Memory.Asked;

    /// <summary>Launches so far, skipped ones too.</summary>
    public long LaunchCount { get; private set; }

    /// <summary>The first thing that was wrong; null if nothing was.</summary>
    public Fault? Fault => gate.Fault;

    /// <summary>
    /// Ends a launch that is on with an <see cref="OperationCanceledException"/>: that of <see cref="EmulatedDeviceOptions.Launch"/>, until
    /// another is set, between two calls. The device stays in order. Work that streams do later (<see cref="WorkOrder.Shuffled"/>) comes to
    /// its end.
    /// </summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>
    /// Launches do nothing, but that all allocated memory counts as written after them, and what is copied to the host is zeros: for runs
    /// that only their allocations matter of.
    /// </summary>
    public bool SkipLaunches
    {
        get => Memory.IsVoid;
        set => Memory.IsVoid = value;
    }

    internal DeviceMemory Memory { get; }

    /// <summary>Memory that nobody has written: to read it before is a fault. What is never written takes no memory of the host.</summary>
    /// <param name="bytes">1 or more, below 64 GiB</param>
    /// <returns>its address, a multiple of 256</returns>
    /// <exception cref="OutOfMemoryException">The device has no such block, or was told to have none.</exception>
    public ulong Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        using DeviceGate.Pass pass = gate.Enter();
        RequireNoCapture("memory asked for");
        return Memory.Allocate(bytes);
    }

    /// <summary>
    /// Gives memory back once all work of all streams is done; whoever touches it after that is at fault. Nothing happens for 0. Quiet on a
    /// device that is lost, disposed or had a fault.
    /// </summary>
    /// <exception cref="EmulatedDeviceException">The address isn't that of an allocation, or was freed before.</exception>
    public void Free(ulong address)
    {
        if (address == 0)
            return;
        using DeviceGate.Pass pass = gate.EnterAnyway();
        bool wasDown = gate.IsDown;
        if (!wasDown)
            RequireNoCapture("memory given back");
        if (!wasDown)
            queue.RunAll();
        if (Memory.Free(address) is { } fault && !wasDown)
            throw DeviceMemory.Wrong(fault);
    }

    /// <summary>Copies bytes of the host to the device.</summary>
    public void CopyIn(ReadOnlySpan<byte> source, ulong target)
    {
        fixed (byte* from = source)
            CopyIn(from, target, source.Length);
    }

    /// <summary>Copies bytes of the host to the device.</summary>
    /// <param name="bytes">how many</param>
    public void CopyIn(void* source, ulong target, long bytes)
    {
        using DeviceGate.Pass pass = Begin(bytes);
        if (bytes > 0)
            DeviceMemory.CopyIn(source, Memory.Range(target, bytes));
    }

    /// <summary>Copies bytes of the device to the host.</summary>
    /// <exception cref="EmulatedDeviceException">Some of them have never been written, and the options don't allow it.</exception>
    public void CopyOut(ulong source, Span<byte> target)
    {
        fixed (byte* to = target)
            CopyOut(source, to, target.Length);
    }

    /// <summary>Copies bytes of the device to the host.</summary>
    /// <param name="bytes">how many</param>
    /// <exception cref="EmulatedDeviceException">Some of them have never been written, and the options don't allow it.</exception>
    public void CopyOut(ulong source, void* target, long bytes)
    {
        using DeviceGate.Pass pass = Begin(bytes);
        if (bytes > 0)
            Memory.CopyOut(Memory.Range(source, bytes), target);
    }

    /// <summary>Copies bytes of the device, unwritten ones as unwritten; the two places may overlap.</summary>
    /// <param name="bytes">how many</param>
    public void Copy(ulong source, ulong target, long bytes)
    {
        using DeviceGate.Pass pass = Begin(bytes);
        if (bytes > 0)
            DeviceMemory.Copy(Memory.Range(source, bytes), Memory.Range(target, bytes));
    }

    /// <summary>Sets each of some bytes of the device.</summary>
    /// <param name="bytes">how many</param>
    public void Fill(ulong target, byte value, long bytes)
    {
        using DeviceGate.Pass pass = Begin(bytes);
        if (bytes > 0)
            DeviceMemory.Fill(Memory.Range(target, bytes), value);
    }

    /// <summary>Reads a module and gives its variables their memory and first values.</summary>
    /// <param name="ptx">the text</param>
    /// <exception cref="PtxException">The text isn't PTX.</exception>
    /// <exception cref="EmulatedDeviceException">The module is for a later architecture.</exception>
    public EmulatedModule Load(string ptx) => Load(PtxModule.Parse(ptx));

    /// <summary>As with a text, for one that is parsed already.</summary>
    public EmulatedModule Load(PtxModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        using DeviceGate.Pass pass = gate.Enter();
        RequireNoCapture("a module");
        string target = module.Targets.FirstOrDefault() ?? "";
        if (LaunchLimits.Version(target) > LaunchLimits.Version(options.Architecture))
        {
            throw new EmulatedDeviceException(
                $"the module is for {Printable.Quoted(target)}, and the device is a {Printable.Quoted(options.Architecture)}");
        }
        return new EmulatedModule(this, module);
    }

    /// <summary>Runs a kernel to its end or to its first fault.</summary>
    /// <param name="grid">CTAs</param> <param name="block">threads of a CTA</param>
    /// <param name="dynamicSharedBytes">size of .extern .shared arrays</param>
    /// <param name="parameters">
    /// all parameters as in a C struct, each at a multiple of its alignment (<see cref="EmulatedKernel.Parameters"/>), as
    /// CU_LAUNCH_PARAM_BUFFER_POINTER has them
    /// </param>
    /// <param name="cooperative">all CTAs run at the same time</param>
    /// <returns>
    /// the report; its fault, if there is one, is the device's too, but for what the device refuses before it begins
    /// </returns>
    /// <exception cref="LaunchException">The parameters don't fit the kernel.</exception>
    /// <exception cref="PtxException">The kernel can't be decoded.</exception>
    public LaunchReport Launch(
        EmulatedKernel kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, ReadOnlySpan<byte> parameters, bool cooperative = false)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        kernel.RequireFits(this, dynamicSharedBytes, parameters);
        using DeviceGate.Pass pass = Begin(0);
        (KernelWork work, Fault? refused) = KernelWork.Make(kernel, grid, block, dynamicSharedBytes, cooperative, NextSeed());
        return refused is null ? Run(work, parameters) : work.Report(refused);
    }

    /// <summary>A stream, with no work yet.</summary>
    public EmulatedStream CreateStream()
    {
        using DeviceGate.Pass pass = gate.Enter();
        return new EmulatedStream(this);
    }

    /// <summary>An event, not recorded yet.</summary>
    public EmulatedEvent CreateEvent()
    {
        using DeviceGate.Pass pass = gate.Enter();
        return new EmulatedEvent(this);
    }

    /// <summary>Waits until all work of all streams is done.</summary>
    public void Synchronise()
    {
        using DeviceGate.Pass pass = gate.Enter();
        RequireNoCapture("waiting");
        queue.RunAll();
        gate.Check();
    }

    /// <summary>Takes the device away, as a driver that resets it would: every later call throws. May be called by any thread.</summary>
    /// <param name="reason">why, for the message</param>
    public void Lose(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        gate.Lose(reason);
    }

    /// <summary>The 128 bytes of a tensor map that a kernel takes, as cuTensorMapEncodeTiled makes them.</summary>
    /// <param name="address">of the tensor, a multiple of 16</param>
    /// <exception cref="LaunchException">The map can't be encoded; the message names the limit.</exception>
    public static byte[] Encode(TensorMap map, ulong address)
    {
        ArgumentNullException.ThrowIfNull(map);
        map.Validate();
        return TensorMapObject.Encode(map, address);
    }

    /// <summary>Frees everything; work of streams that isn't done is left out.</summary>
    public void Dispose()
    {
        using DeviceGate.Pass pass = gate.EnterAnyway();
        gate.Close();
        queue.Drop();
        Memory.Dispose();
    }

    internal static EmulatedDeviceException NotCaptured(string what) =>
        new($"{what} can't be part of a graph, and a stream is being captured");

    internal void BeginCapture()
    {
        using DeviceGate.Pass pass = gate.Enter();
        captures++;
    }

    internal void EndCapture() => captures--;

    internal DeviceRange Range(ulong address, long bytes)
    {
        using DeviceGate.Pass pass = gate.Enter();
        return Memory.Range(address, bytes);
    }

    internal void Add(EmulatedStream stream, StreamWork work, Action? before = null)
    {
        using DeviceGate.Pass pass = gate.Enter();
        before?.Invoke();
        if (options.Order == WorkOrder.InOrder)
        {
            Guarded(work.Run);
            gate.Check();
            return;
        }
        queue.Add(stream, work with { Run = () => Late(work.Run) });
        queue.Pass();
        gate.Check();
    }

    internal bool Query(EmulatedEvent mark)
    {
        using DeviceGate.Pass pass = gate.Enter();
        queue.Pass();
        gate.Check();
        return mark.Reached >= mark.Recorded;
    }

    internal void Synchronise(EmulatedEvent mark)
    {
        using DeviceGate.Pass pass = gate.Enter();
        RequireNoCapture("waiting");
        queue.RunUntil(() => mark.Reached >= mark.Recorded);
        gate.Check();
    }

    internal void Synchronise(EmulatedStream stream)
    {
        using DeviceGate.Pass pass = gate.Enter();
        queue.RunUntil(() => stream.Work.Count == 0);
        gate.Check();
    }

    /// <summary>A stream's launch; what the device refuses of it is thrown now.</summary>
    internal KernelWork Prepare(EmulatedKernel kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, bool cooperative)
    {
        using DeviceGate.Pass pass = gate.Enter();
        (KernelWork work, Fault? refused) = KernelWork.Make(kernel, grid, block, dynamicSharedBytes, cooperative, NextSeed());
        return refused is null ? work : throw DeviceMemory.Wrong(refused);
    }

    internal LaunchReport Run(KernelWork work, ReadOnlySpan<byte> parameters)
    {
        LaunchCount++;
        LaunchReport report = SkipLaunches ? Skip(work.Kernel) : Settled(work, parameters);
        if (report.Fault is { } fault)
            gate.Stop($"a launch of {Printable.Name(work.Kernel.Name)}", fault);
        options.Launched?.Invoke(work.Kernel, report);
        if (LaunchCount >= options.LoseAfterLaunches)
            gate.Lose($"it was to be lost after {options.LoseAfterLaunches} launches");
        return report;
    }

    private LaunchReport Settled(KernelWork work, ReadOnlySpan<byte> parameters)
    {
        if (options.Launch.SampledCtas is not null)
            Memory.MarkAllWritten();
        try
        {
            return work.Run(parameters, Cancellation);
        }
        finally
        {
            Memory.Globals.Settle();
        }
    }

    private void RequireNoCapture(string what)
    {
        if (captures > 0)
            throw NotCaptured(what);
    }

    private int NextSeed() => unchecked(options.Launch.Seed + (int)(launches++ * SeedStep));

    private LaunchReport Skip(EmulatedKernel kernel)
    {
        Memory.MarkAllWritten();
        return new LaunchReport(null, CounterSummary.None, kernel.Module.Ptx.Files);
    }

    private DeviceGate.Pass Begin(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        DeviceGate.Pass pass = gate.Enter();
        try
        {
            RequireNoCapture("work of the device's own");
            queue.Pass();
            gate.Check();
            return pass;
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    // Whoever waits for work of earlier often does so because it was cancelled, and wants what came before.
    private void Late(Action work)
    {
        CancellationToken cancellation = Cancellation;
        Cancellation = CancellationToken.None;
        try
        {
            Guarded(work);
        }
        finally
        {
            Cancellation = cancellation;
        }
    }

    /// <summary>A fault of a stream's work is the device's.</summary>
    private void Guarded(Action work)
    {
        if (gate.IsDown)
            return;
        try
        {
            work();
        }
        catch (EmulatedDeviceException error) when (error.Fault is { } fault)
        {
            gate.Stop("the work of a stream", fault);
        }
    }
}
