namespace CogVideoX.Tensors.Files;

/// <summary>Where a path leads when every symbolic link in it is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;   // as Linux has it
    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>The full path without links. What doesn't exist, the target of a dangling link too, is named where it would be.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        var rest = new Stack<string>();
        Push(full[real.Length..]);
        int links = 0;
        while (rest.TryPop(out string? name))
        {
            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }
            string next = Path.Combine(real, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks)
                throw new IOException("its symbolic links lead in a circle");
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(Path.GetFullPath(target))!;
            Push(target[(Path.GetPathRoot(target)?.Length ?? 0)..]);
        }
        return real;

        void Push(string names)
        {
            foreach (string name in names.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").Reverse())
                rest.Push(name);
        }
    }
}
