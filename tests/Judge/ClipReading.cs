namespace CogVideoX.Judge;

/// <summary>What a clip of the bundled model shows.</summary>
public sealed record ClipReading(string Colour, string Shape, string Motion, string Background)
{
    private string[] Attributes => [Colour, Shape, Motion, Background];

    /// <summary>How many of the four attributes are as in another reading.</summary>
    public int Matches(ClipReading other) => Attributes.Zip(other.Attributes).Count(pair => pair.First == pair.Second);

    /// <summary><c>a red circle moving left on a gray background</c></summary>
    public override string ToString() => $"a {Colour} {Shape} {Motion} on a {Background} background";
}
