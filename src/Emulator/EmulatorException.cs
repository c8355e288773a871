namespace CogVideoX.Emulator;

/// <summary>What the emulator was given can't be run. Each message is one line.</summary>
public abstract class EmulatorException : Exception
{
    private protected EmulatorException(string message, Exception? inner = null)
        : base(Printable.Line(message), inner) { }
}
