using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Pickles;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>What a component's folder has beside the weights that are read, or in their place: for messages.</summary>
internal static class OtherWeights
{
    private const int MostFiles = 200;
    private static readonly string[] Extensions = [".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf", ".h5", ".msgpack"];
    private static readonly EnumerationOptions Lenient = new() { IgnoreInaccessible = true };

    /// <summary>A sentence about safetensors files that could have been chosen too; none where there are none.</summary>
    /// <param name="folder">The component's folder.</param>
    /// <param name="chosen">The path of the file or index that is read.</param>
    /// <param name="shards">The names of its shards.</param>
    public static IEnumerable<string> Beside(string folder, string chosen, IReadOnlyList<string> shards)
    {
        IEnumerable<string> candidates = Files(folder).Where(name => name.Contains(".safetensors", StringComparison.Ordinal));
        string[] others = [.. candidates.Except([.. shards, Path.GetFileName(chosen)])];
        if (others.Length > 0)
            yield return $"{chosen} is read; beside it {Quoted.Names(others)} {(others.Length == 1 ? "is" : "are")} not used.";
    }

    /// <summary>The path of the only file whose name begins so and ends in <c>.json</c>; null where there is none.</summary>
    /// <exception cref="SafetensorsException">There are several.</exception>
    public static string? OnlyVariant(string folder, string start)
    {
        string[] found = [.. Files(folder).Where(name =>
            name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal))];
        return found.Length < 2
            ? found.Select(name => Path.Combine(folder, name)).FirstOrDefault()
            : throw new SafetensorsException($"{folder} has weights in several variants: {Quoted.Names(found)}. Keep one of them.");
    }

    /// <summary>What there is where nothing can be read, and what to do.</summary>
    /// <param name="folder">The component's folder.</param>
    /// <param name="pickle">The name under which a file of PyTorch would be read.</param>
    public static string InPlaceOf(string folder, string pickle)
    {
        if (!Directory.Exists(folder))
            return "The folder doesn't exist; download the model again.";
        var names = new List<string>();
        foreach (string name in Files(folder).Take(MostFiles))
        {
            // By its first bytes and not by its name: files are renamed.
            byte[] start = Start(Path.Combine(folder, name));
            if (PickleFile.Recognises(start))
                return $"It has {Quoted.Name(name)}, which is a PyTorch pickle file; it is read under the name {Quoted.Name(pickle)}.";
            if (GgufFile.Recognises(start))
                return $"It has {Quoted.Name(name)}, which is a GGUF file; it is read where it is named itself as the place of the part.";
            if (!name.EndsWith(".json", StringComparison.Ordinal) && ForeignFile.Recognise(start) is string foreign)
                return $"It has {Quoted.Name(name)}, which is {foreign}";
            if (name.Contains(".safetensors", StringComparison.Ordinal) || Extensions.Contains(Path.GetExtension(name)))
                names.Add(name);
        }
        if (names.Count == 0)
            return "It has no weights at all; download the model again.";
        string remedy = names.Any(name => name.Contains(".safetensors", StringComparison.Ordinal))
            ? ", which isn't used unasked. Download the safetensors files without a variant, or rename these."
            : $"; only safetensors files are read, and PyTorch's {Quoted.Name(pickle)}. Download those of the model.";
        return $"It has {Quoted.Names(names)}{remedy}";
    }

    private static string[] Files(string folder)
    {
        try
        {
            IEnumerable<string> paths = Directory.EnumerateFiles(folder.Length == 0 ? "." : folder, "*", Lenient);
            return [.. paths.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static byte[] Start(string path)
    {
        try
        {
            if (FileLength.Of(path) == 0)
                return [];
            using FileStream file = File.OpenRead(path);
            byte[] start = new byte[ForeignFile.EnoughBytes];
            return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
