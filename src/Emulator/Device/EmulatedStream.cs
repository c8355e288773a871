using CogVideoX.Emulator.Device;

namespace CogVideoX.Emulator;

/// <summary>
/// Work of an emulated device that is done in order, and beside the work of other streams. What the host reads or writes meanwhile is the
/// caller's matter. Each call may throw an <see cref="EmulatedDeviceException"/> for a fault of earlier work.
/// </summary>
public sealed unsafe class EmulatedStream : IDisposable
{
    private readonly EmulatedDevice device;
    private EmulatedGraph? captured; // while what it is given goes there
    private bool isDisposed;

    internal EmulatedStream(EmulatedDevice device) => this.device = device;

    internal Queue<StreamWork> Work { get; } = [];

    /// <summary>As the device's own <see cref="EmulatedDevice.Launch"/>, later; a fault is thrown by a later call.</summary>
    /// <exception cref="LaunchException">The parameters don't fit the kernel.</exception>
    public void Launch(
        EmulatedKernel kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, ReadOnlySpan<byte> parameters, bool cooperative = false)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        kernel.RequireFits(device, dynamicSharedBytes, parameters);
        RequireOpen();
        KernelWork work = device.Prepare(kernel, grid, block, dynamicSharedBytes, cooperative);
        byte[] copy = parameters.ToArray();
        if (captured is null)
            Add(() => device.Run(work, copy));
        else
            captured.Add(stream => stream.Launch(kernel, grid, block, dynamicSharedBytes, copy, cooperative));
    }

    /// <summary>
    /// From here on what the stream is given isn't done, but put into a graph. As with a driver that captures the streams of one thread,
    /// the device refuses meanwhile what a graph can't have: memory asked for or given back, modules loaded, copies to and from the host,
    /// events, waiting.
    /// </summary>
    /// <exception cref="EmulatedDeviceException">It is captured already.</exception>
    public void BeginCapture()
    {
        RequireNoCapture("another capture");
        device.BeginCapture();
        captured = new EmulatedGraph(device);
    }

    /// <summary>What the stream was given since <see cref="BeginCapture"/>; it does again what it is given.</summary>
    /// <exception cref="InvalidOperationException">It wasn't captured.</exception>
    public EmulatedGraph EndCapture()
    {
        EmulatedGraph graph = captured ?? throw new InvalidOperationException("The stream isn't captured.");
        captured = null;
        device.EndCapture();
        return graph;
    }

    /// <summary>Does all of a graph, in its order.</summary>
    /// <exception cref="ArgumentException">It is another device's.</exception>
    public void Launch(EmulatedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Device != device)
            throw new ArgumentException("The graph is another device's.", nameof(graph));
        RequireNoCapture("a graph");
        graph.Launch(this);
    }

    /// <summary>Copies bytes of the host to the device. The source must stay as it is until that is done.</summary>
    /// <param name="bytes">how many</param>
    public void CopyIn(void* source, ulong target, long bytes)
    {
        RequireNoCapture("a copy from the host");
        DeviceRange to = Range(target, bytes);
        Add(() => DeviceMemory.CopyIn(source, to));
    }

    /// <summary>Copies bytes of the device to the host. The target is written when it is done, and must stay valid until then.</summary>
    /// <param name="bytes">how many</param>
    public void CopyOut(ulong source, void* target, long bytes)
    {
        RequireNoCapture("a copy to the host");
        DeviceRange from = Range(source, bytes);
        Add(() => device.Memory.CopyOut(from, target));
    }

    /// <summary>Copies bytes of the device; the two may overlap.</summary>
    public void Copy(ulong source, ulong target, long bytes)
    {
        DeviceRange from = Range(source, bytes), to = Range(target, bytes);
        if (captured is null)
            Add(() => DeviceMemory.Copy(from, to));
        else
            captured.Add(stream => stream.Copy(source, target, bytes));
    }

    /// <summary>Sets each of some bytes of the device.</summary>
    public void Fill(ulong target, byte value, long bytes)
    {
        DeviceRange to = Range(target, bytes);
        if (captured is null)
            Add(() => DeviceMemory.Fill(to, value));
        else
            captured.Add(stream => stream.Fill(target, value, bytes));
    }

    /// <summary>The event stands for all work that the stream has been given so far.</summary>
    public void Record(EmulatedEvent mark)
    {
        RequireOwn(mark);
        RequireNoCapture("an event");
        long recording = mark.Recorded + 1;
        Add(() => mark.Reached = Math.Max(mark.Reached, recording), () => mark.Recorded = recording);
    }

    /// <summary>Work that the stream is given from here on waits for the event's last recording; for nothing if there is none.</summary>
    public void WaitFor(EmulatedEvent mark)
    {
        RequireOwn(mark);
        RequireNoCapture("an event");
        RequireOpen();
        device.Add(this, new StreamWork(static () => { }, mark, mark.Recorded));
    }

    /// <summary>Waits until all work of the stream is done.</summary>
    public void Synchronise()
    {
        RequireOpen();
        RequireNoCapture("waiting");
        device.Synchronise(this);
    }

    /// <summary>Takes no more work; what it has is still done.</summary>
    public void Dispose() => isDisposed = true;

    private void Add(Action work, Action? before = null)
    {
        RequireOpen();
        device.Add(this, new StreamWork(work), before);
    }

    private DeviceRange Range(ulong address, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        RequireOpen();
        return device.Range(address, bytes);
    }

    private void RequireOwn(EmulatedEvent mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        if (mark.Device != device)
            throw new ArgumentException("The event is another device's.", nameof(mark));
    }

    private void RequireNoCapture(string what)
    {
        if (captured is not null)
            throw EmulatedDevice.NotCaptured(what);
    }

    private void RequireOpen() => ObjectDisposedException.ThrowIf(isDisposed, this);
}
