namespace CogVideoX.Emulator;

/// <summary>A line of a table that isn't a row.</summary>
public sealed class PtxTableException(int line, string message) : EmulatorException($"line {line}: {message}")
{
    /// <summary>Line of the table, from 1.</summary>
    public int Line { get; } = line;
}
