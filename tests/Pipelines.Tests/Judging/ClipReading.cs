namespace CogVideoX.Pipelines.Tests.Judging;

/// <summary>What a clip of the bundled model shows.</summary>
public sealed record ClipReading(string Colour, string Shape, string Motion, string Background)
{
    /// <summary>How many of the four attributes are as in another reading.</summary>
    public int Matches(ClipReading other) =>
        (Colour == other.Colour ? 1 : 0) + (Shape == other.Shape ? 1 : 0) + (Motion == other.Motion ? 1 : 0) + (
            Background == other.Background ? 1 : 0);
}
