namespace CogVideoX.Cli;

/// <summary>The small checkpoint that travels with the program.</summary>
internal static class BundledModel
{
    /// <summary>What it is called.</summary>
    public const string Name = "shapes";

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "models", Name);
}
