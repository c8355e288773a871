using System.Runtime.CompilerServices;

namespace CogVideoX.Pipelines;

/// <summary>Whether a text can be a path at all; what lies there is another matter.</summary>
internal static class PathCheck
{
    /// <summary>What is wrong with the text as a path, as the end of a sentence; null where nothing is.</summary>
    public static string? Problem(string path) => path switch
    {
        _ when string.IsNullOrWhiteSpace(path) => "it is empty; name a file or folder.",
        _ when path.Contains('\0') => "it holds a zero character, which no path may have.",
        _ => null,
    };

    /// <summary>The same of a method's parameter.</summary>
    /// <exception cref="ArgumentException">The text can't be a path.</exception>
    internal static void CheckArgument(string path, [CallerArgumentExpression(nameof(path))] string parameter = "")
    {
        ArgumentNullException.ThrowIfNull(path, parameter);
        if (Problem(path) is { } problem)
            throw new ArgumentException(problem, parameter);
    }

    /// <exception cref="RequestException">The text can't be a path.</exception>
    internal static void Check(string property, string? path)
    {
        if (path is not null && Problem(path) is { } problem)
            throw new RequestException(property, problem);
    }
}
