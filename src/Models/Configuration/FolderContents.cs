using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// What a folder is that isn't a model in Hugging Face's layout, for messages: people name the wrong level, or have files of other tools.
/// </summary>
internal static class FolderContents
{
    private const int MostEntries = 2000, MaxDepth = 3;

    private const string Sat = "The folder has .pt files, as the original training code (SAT) writes them. They are read as parts of a "
        + "model: name the folder of the model in Hugging Face's layout, and this one as the place of its transformer and VAE.";

    // Where nothing lists the parts: those of the models that run.
    private static readonly string[] PartNames = ["transformer", "vae", "text_encoder", "tokenizer", "scheduler"];

    private static readonly EnumerationOptions Below = new()
    {
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
        MaxRecursionDepth = MaxDepth,
    };

    /// <summary>What the folder seems to be and what to do, in whole sentences.</summary>
    public static string Describe(string folder)
    {
        string[] files = [.. Files(folder)];
        string? model = files.FirstOrDefault(file => Path.GetFileName(file) == ModelIndex.FileName);
        if (model is not null)
            return $"There is one in {Path.GetDirectoryName(Path.Combine(folder, model))}: name that folder.";
        if (files.Any(file => Path.GetExtension(file) == ".pt"))
            return Sat;
        string? misplaced = PartNames.Select(part => Misplaced(folder, part)).FirstOrDefault(hint => hint is not null);
        if (misplaced is not null)
            return misplaced;
        if (files.Any(file => file is "config.json" or "scheduler_config.json" or "spiece.model" or "tokenizer.json"))
            return "This seems to be a part of a model; name the folder above it, the one that has model_index.json in it.";
        string[] weights = [.. files.Where(file => Path.GetExtension(file) is ".safetensors" or ".gguf" or ".ckpt" or ".bin")];
        return weights.Length > 0
            ? $"The folder has {Quoted.Names(weights)}; a model is a folder in Hugging Face's layout, with model_index.json."
            : "Check the path, or download the model again.";
    }

    /// <summary>A hint where a part's files lie in the model's folder under names that begin with the part's; or null.</summary>
    public static string? Misplaced(string folder, string part)
    {
        string prefix = part + "_";
        IEnumerable<string> here = Files(folder).Where(name => Path.GetFileName(name) == name);
        string? file = here.FirstOrDefault(name => name.StartsWith(prefix, StringComparison.Ordinal));
        return file is null
            ? null
            : $"{Quoted.Name(file)} is there, which should be {Quoted.Name($"{part}/{file[prefix.Length..]}")}: "
                + "the download put folder and file into one name. Put each file into its folder.";
    }

    private static IEnumerable<string> Files(string folder)
    {
        try
        {
            IEnumerable<string> paths = Directory.EnumerateFiles(folder, "*", Below).Take(MostEntries);
            return [.. paths.Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
