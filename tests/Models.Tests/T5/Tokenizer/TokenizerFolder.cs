namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Where the reference rows and the model they were made with lie in the source tree.
internal static class TokenizerFolder
{
    public static string Path { get; } = Find();

    public static string ModelFile { get; } = System.IO.Path.Combine(Path, "spiece.model");

    private static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            string candidate = System.IO.Path.Combine(folder, "tests", "Goldens", "tokenizer");
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new DirectoryNotFoundException("No folder above the tests holds tests/Goldens/tokenizer.");
    }
}
