namespace CogVideoX.Models.T5;

// What to say where there is no spiece.model: people have it in another place.
internal static class MissingTokenizer
{
    private const string Published = "the tokenizer folder of the published checkpoint";

    // Where others keep it, seen from the tokenizer folder: with the text encoder, in the root, and there under a browser's name for it.
    private static readonly string[] OtherPlaces = ["../text_encoder/spiece.model", "../spiece.model", "../tokenizer_spiece.model"];

    // The message for a path to a spiece.model.
    public static string Explain(string path)
    {
        string missing = $"{path} doesn't exist";
        string folder = Path.GetDirectoryName(path) ?? "";
        if (Directory.Exists(path))
            return $"{path} is a folder. A file is needed there: copy it from {Published}.";
        foreach (string place in OtherPlaces)
        {
            string candidate = Path.Combine(folder, place);
            if (File.Exists(candidate))
                return $"{missing}, but {Path.GetFullPath(candidate)} does. Move it there.";
        }

        return $"{missing}. Copy it there from {Published}, or from google/t5-v1_1-xxl, whose tokenizer CogVideoX uses; a tokenizer.json "
            + "does, too.";
    }
}
