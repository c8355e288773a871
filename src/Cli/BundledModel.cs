namespace CogVideoX.Cli;

/// <summary>The small checkpoint that travels with the program.</summary>
internal static class BundledModel
{
    private const string Name = "shapes";

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "models", Name);

    /// <summary>What a video's metadata call a checkpoint: the bundled one is found again on any machine.</summary>
    public static string NameOf(string folder) => folder == Path ? Name : System.IO.Path.GetFullPath(folder);

    /// <summary>The folder that <see cref="NameOf"/> named.</summary>
    public static string Find(string name) => name == Name ? Path : name;
}
