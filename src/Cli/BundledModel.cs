namespace CogVideoX.Cli;

/// <summary>The small checkpoint that travels with the program.</summary>
internal static class BundledModel
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "shapes");
}
