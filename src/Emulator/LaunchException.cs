namespace CogVideoX.Emulator;

/// <summary>
/// A launch that doesn't fit its kernel: no such entry or buffer, other parameters, a tensor map that no driver would make.
/// </summary>
public sealed class LaunchException : EmulatorException
{
    internal LaunchException(string message)
        : base(message) { }
}
