namespace CogVideoX.Emulator.Tests;

/// <summary>Finds tests/Goldens from wherever the tests run.</summary>
internal static class Goldens
{
    public static string Cases { get; } = Path.Combine(Root(), "ptx-cases");

    /// <summary>Cases of our own, in the same format: kinds of fault and arguments that ptx-cases has none of.</summary>
    public static string Planted { get; } = Path.Combine(Root(), "..", "Emulator.Tests", "Cases", "Planted");

    private static string Root()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string goldens = Path.Combine(folder, "tests", "Goldens");
            if (Directory.Exists(goldens))
                return goldens;
        }
        throw new DirectoryNotFoundException("tests/Goldens isn't above " + AppContext.BaseDirectory);
    }
}
