namespace CogVideoX.Emulator;

/// <summary>PTX text that can't be read, or an instruction that the emulator doesn't know; the message starts with its line.</summary>
public sealed class PtxException(int line, string message) : EmulatorException($"line {line}: {message}")
{
    /// <summary>Line of the PTX text, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What is wrong, without the line.</summary>
    public string Reason { get; } = message;

    /// <summary>Whether the text may well be PTX, but asks for more than the emulator has.</summary>
    public bool IsLimit { get; init; }
}
