namespace CogVideoX.Pipelines.Media;

/// <summary>A file can't be written where or how it was asked for. The message names it, says what is wrong, and what would work.</summary>
/// <param name="problem">What is wrong.</param>
/// <param name="isTaken">Whether something stands there already that may be overwritten.</param>
/// <param name="inner">What it came from.</param>
public sealed class OutputException(string problem, bool isTaken = false, Exception? inner = null) : CogVideoXException(problem, inner)
{
    /// <summary>
    /// The property that is to blame, of <see cref="EncodingOptions"/> (<c>Quality</c> or <c>Codec</c>) or of
    /// <see cref="GenerationFiles"/>; null where it is the video's file.
    /// </summary>
    public string? Property { get; init; }

    /// <summary>Whether something stands at that place already, which would be replaced if overwriting were allowed.</summary>
    public bool IsTaken { get; } = isTaken;
}
