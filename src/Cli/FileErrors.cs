using System.Text.RegularExpressions;

namespace CogVideoX.Cli;

/// <summary>What .NET says of files, as something to act on.</summary>
internal static partial class FileErrors
{
    private const int NoSpace = 28, QuotaExceeded = 122, WindowsDiskFull = 112;

    /// <summary>The whole message.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        UnauthorizedAccessException when PathIn(exception) is { } path => Directory.Exists(path)
            ? $"{path} is a folder; a file is needed there."
            : $"{path} may not be read or written by this user; change its rights, or choose another place.",
        DirectoryNotFoundException when PathIn(exception) is { } path =>
            $"{path}: there is no such folder; make it first, or check the path.",
        FileNotFoundException { FileName: { } path } when IsOfDotnet(exception) => $"{path} doesn't exist; check the path.",
        IOException when IsDiskFull(exception) =>
            $"{(PathIn(exception) is { } path ? $"{path}: " : "")}the disk is full; free some space, or choose another disk.",
        _ => exception.Message,
    };

    /// <summary>The reason alone, as a part of a sentence.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        IOException when IsDiskFull(exception) => "the disk is full",
        UnauthorizedAccessException => "it isn't open for writing",
        _ => exception.Message.TrimEnd('.'),
    };

    // Our own code throws it too, with a better message.
    private static bool IsOfDotnet(Exception exception) => exception.Message.StartsWith("Could not find file", StringComparison.Ordinal);

    private static bool IsDiskFull(Exception exception)
    {
        int code = exception.HResult & 0xFFFF;
        return OperatingSystem.IsWindows() ? code is WindowsDiskFull : code is NoSpace or QuotaExceeded;
    }

    private static string? PathIn(Exception exception) =>
        Quoted().Match(exception.Message) is { Success: true } match ? match.Groups[1].Value : null;

    // Greedy: a path may hold quotes itself.
    [GeneratedRegex("'(.*)'", RegexOptions.Singleline)]
    private static partial Regex Quoted();
}
