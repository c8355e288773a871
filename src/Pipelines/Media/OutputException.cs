namespace CogVideoX.Pipelines.Media;

/// <summary>
/// A video can't be written where or how it was asked for, or the settings in a file can't be read. The message is meant for
/// the person at the keyboard: it names the option and the file, says what is wrong, and what would work.
/// </summary>
public sealed class OutputException(string option, string problem, Exception? cause = null)
    : Exception($"{option}: {problem}", cause)
{
    /// <summary>The command-line option that the trouble came through: <c>--output</c>, <c>--fps</c> or <c>--from</c>.</summary>
    public string Option { get; } = option;

    internal const string Output = "--output";
    internal const string Rate = "--fps";
    internal const string From = "--from";
}
