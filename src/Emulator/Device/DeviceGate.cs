namespace CogVideoX.Emulator.Device;

/// <summary>Lets one caller at a time into a device that is there and has had no fault.</summary>
/// <param name="device">is kept from being collected during a call</param>
internal sealed class DeviceGate(EmulatedDevice device, bool keepsGoing)
{
    private int inside;
    private volatile string? lost;
    private string? stopped;
    private bool isClosed;

    /// <summary>The first fault.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>Whether calls are refused from here on.</summary>
    public bool IsDown => isClosed || lost is not null || stopped is not null;

    public void Lose(string reason) => lost ??= reason;

    /// <summary>Something was at fault; unless the device keeps going, that was its last work.</summary>
    /// <param name="what">what was at fault, in words</param>
    public void Stop(string what, Fault fault)
    {
        Fault ??= fault;
        if (!keepsGoing)
            stopped ??= $"the device stopped at {what}: {fault}";
    }

    public void Close() => isClosed = true;

    /// <exception cref="InvalidOperationException">Another caller is inside.</exception>
    /// <exception cref="EmulatedDeviceException">The device is lost, or had a fault.</exception>
    /// <exception cref="ObjectDisposedException">The device is no more.</exception>
    public Pass Enter()
    {
        Pass pass = EnterAnyway();
        try
        {
            Check();
            return pass;
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Enter"/>, for what may be done to a device that is gone.</summary>
    public Pass EnterAnyway() => Interlocked.Exchange(ref inside, 1) == 0 ? new Pass(this)
        : throw new InvalidOperationException("The device is in use: it takes one call at a time.");

    public void Check()
    {
        ObjectDisposedException.ThrowIf(isClosed, typeof(EmulatedDevice));
        if (lost is { } reason)
            throw new EmulatedDeviceException($"the device is gone: {reason}");
        if (stopped is { } text)
            throw new EmulatedDeviceException(text, Fault);
    }

    private void Leave()
    {
        GC.KeepAlive(device);
        Volatile.Write(ref inside, 0);
    }

    /// <summary>Ends the call.</summary>
    public readonly struct Pass(DeviceGate gate) : IDisposable
    {
        public void Dispose() => gate.Leave();
    }
}
