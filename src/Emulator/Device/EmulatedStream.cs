using CogVideoX.Emulator.Device;

namespace CogVideoX.Emulator;

/// <summary>
/// Work of an emulated device that is done in order, and beside the work of other streams. What the host reads or writes meanwhile is the
/// caller's matter. Each call may throw an <see cref="EmulatedDeviceException"/> for a fault of earlier work.
/// </summary>
public sealed unsafe class EmulatedStream : IDisposable
{
    private readonly EmulatedDevice device;
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
        Add(() => device.Run(work, copy));
    }

    /// <summary>Copies bytes of the host to the device. The source must stay as it is until that is done.</summary>
    /// <param name="bytes">how many</param>
    public void CopyIn(void* source, ulong target, long bytes)
    {
        DeviceRange to = Range(target, bytes);
        Add(() => DeviceMemory.CopyIn(source, to));
    }

    /// <summary>Copies bytes of the device to the host. The target is written when it is done, and must stay valid until then.</summary>
    /// <param name="bytes">how many</param>
    public void CopyOut(ulong source, void* target, long bytes)
    {
        DeviceRange from = Range(source, bytes);
        Add(() => device.Memory.CopyOut(from, target));
    }

    /// <summary>Copies bytes of the device; the two may overlap.</summary>
    public void Copy(ulong source, ulong target, long bytes)
    {
        DeviceRange from = Range(source, bytes), to = Range(target, bytes);
        Add(() => DeviceMemory.Copy(from, to));
    }

    /// <summary>Sets each of some bytes of the device.</summary>
    public void Fill(ulong target, byte value, long bytes)
    {
        DeviceRange to = Range(target, bytes);
        Add(() => DeviceMemory.Fill(to, value));
    }

    /// <summary>The event stands for all work that the stream has been given so far.</summary>
    public void Record(EmulatedEvent mark)
    {
        RequireOwn(mark);
        long recording = mark.Recorded + 1;
        Add(() => mark.Reached = Math.Max(mark.Reached, recording), () => mark.Recorded = recording);
    }

    /// <summary>Work that the stream is given from here on waits for the event's last recording; for nothing if there is none.</summary>
    public void WaitFor(EmulatedEvent mark)
    {
        RequireOwn(mark);
        RequireOpen();
        device.Add(this, new StreamWork(static () => { }, mark, mark.Recorded));
    }

    /// <summary>Waits until all work of the stream is done.</summary>
    public void Synchronise()
    {
        RequireOpen();
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

    private void RequireOpen() => ObjectDisposedException.ThrowIf(isDisposed, this);
}
