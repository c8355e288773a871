using System.Buffers;

namespace CogVideoX.Pipelines.Hub;

/// <summary>Names of files from a server, which may be made to leave the folder that they are meant for.</summary>
internal static class FileNames
{
    private const int LongestName = 255, LongestPath = 1000, Deepest = 16; // of a name: what file systems take

    // What Windows takes for something else in a name; the same on every system, so that a cache can be moved.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\:*?\"<>|");

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

    /// <summary>What is wrong with a relative path whose folders are divided by <c>/</c>; null where it stays where it is put.</summary>
    public static string? Problem(string path)
    {
        string[] names = path.Split('/');
        if (path.Length > LongestPath || names.Length > Deepest)
            return "it is too long";
        return names.Select(ProblemOf).FirstOrDefault(problem => problem is not null);
    }

    private static string? ProblemOf(string name) => name switch
    {
        "" => "it has an empty name between slashes, or begins at the root",
        "." or ".." => $"it has '{name}' in it",
        { Length: > LongestName } => "it is too long",
        _ when name.AsSpan().ContainsAny(Forbidden) => "it has a character that not every system takes",
        _ when name.Any(c => c < ' ' || c > '~') => "it has characters other than those of ASCII",
        _ when name[^1] is '.' or ' ' || name[0] == ' ' => "a name in it begins or ends with a space, or ends with a dot",
        _ when IsDevice(name.Split('.')[0].TrimEnd()) => "it has the name of a device of Windows in it",
        _ => null,
    };

    private static bool IsDevice(string name) => Devices.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (name.Length == 4 && char.IsAsciiDigit(name[3])
            && (name.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || name.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)));
}
