namespace CogVideoX.Models.T5;

// The files of a tokenizer's folder that count.
internal static class TokenizerFiles
{
    private const string Model = "spiece.model", Json = "tokenizer.json", Added = "added_tokens.json";

    // The vocabulary: spiece.model, or tokenizer.json where that is all there is. It needn't be there.
    public static string VocabularyIn(string folder)
    {
        string model = Path.Combine(folder, Model), json = Path.Combine(folder, Json);
        return !Path.Exists(model) && File.Exists(json) ? json : model;
    }

    // Tokens beside spiece.model; null where there are none. A tokenizer.json has its own.
    public static string? AddedIn(string folder)
    {
        string added = Path.Combine(folder, Added);
        return !IsJson(VocabularyIn(folder)) && File.Exists(added) ? added : null;
    }

    public static bool IsJson(string path) => Path.GetFileName(path) == Json;
}
