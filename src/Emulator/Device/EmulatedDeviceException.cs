namespace CogVideoX.Emulator;

/// <summary>An emulated device can't do what it is asked for: a launch or a copy was at fault, now or earlier, or it is gone.</summary>
public sealed class EmulatedDeviceException : EmulatorException
{
    internal EmulatedDeviceException(string message, Fault? fault = null)
        : base(message) => Fault = fault;

    /// <summary>What was wrong first; null if the device was lost, or can't take a module.</summary>
    public Fault? Fault { get; }
}
