namespace CogVideoX.Emulator.Decoding;

/// <summary>
/// PTX that may be right but that the emulator can't run. It doesn't end the reading of a module, as a <see cref="PtxException"/> does: the
/// instruction becomes an <see cref="Instructions.Unsupported"/>, a fault for the first thread that comes to it.
/// </summary>
internal sealed class UnsupportedException(string reason) : Exception(reason)
{
    /// <summary>Whether all of it was looked at, so that ptxas is known to take it.</summary>
    public bool IsWellFormed { get; init; }
}
