namespace CogVideoX.Emulator;

/// <summary>A point in the work of a stream that others can wait for.</summary>
public sealed class EmulatedEvent
{
    private readonly EmulatedDevice device;

    internal EmulatedEvent(EmulatedDevice device) => this.device = device;

    /// <summary>How often it has been recorded.</summary>
    internal long Recorded { get; set; }

    /// <summary>Up to which recording the work is done.</summary>
    internal long Reached { get; set; }

    internal EmulatedDevice Device => device;

    /// <summary>Whether all work before its last recording is done; true if it was never recorded.</summary>
    /// <exception cref="EmulatedDeviceException">The device had a fault, or is gone.</exception>
    public bool Query() => device.Query(this);

    /// <summary>Waits until all work before its last recording is done.</summary>
    /// <exception cref="EmulatedDeviceException">The device had a fault, or is gone.</exception>
    public void Synchronise() => device.Synchronise(this);
}
