namespace CogVideoX.Pipelines.Conversion;

/// <summary>A file that is to be written.</summary>
/// <param name="Name">Its path below the output's folder, with slashes.</param>
/// <param name="Bytes">About how many it will have, for the check that they fit the disk.</param>
/// <param name="Write">Writes it to a path whose folder exists.</param>
internal sealed record OutputFile(string Name, long Bytes, Action<string> Write)
{
    /// <summary>A file of text.</summary>
    public static OutputFile Text(string name, string text) => new(name, text.Length, path => File.WriteAllText(path, text));

    /// <summary>A file of given bytes.</summary>
    public static OutputFile Of(string name, byte[] bytes) => new(name, bytes.Length, path => File.WriteAllBytes(path, bytes));

    /// <summary>A copy of a file, which is the file itself where it is a link.</summary>
    public static OutputFile Copy(string name, string source)
    {
        using FileStream stream = File.OpenRead(source);
        return new OutputFile(name, stream.Length, path =>
        {
            using FileStream from = File.OpenRead(source), to = File.Create(path);
            from.CopyTo(to);
        });
    }
}
