namespace CogVideoX.Cli;

/// <summary>A result couldn't be written on standard output.</summary>
/// <param name="text">What was to be written, so that a path isn't lost with the line that named it.</param>
/// <param name="inner">Why.</param>
internal sealed class ResultException(string? text, Exception inner)
    : IOException($"standard output can't be written to: {FileErrors.Reason(inner)}{Lost(text)}", inner)
{
    private const int Longest = 200;

    private static string Lost(string? text) => text?.Split('\n', 2)[0].Trim() switch
    {
        null or "" => ".",
        { Length: > Longest } line => $". This was lost: {line[..Longest]}…",
        { } line => $". This was lost: {line}",
    };
}
