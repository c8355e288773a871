namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// The weights of one component of a Hugging Face folder: <c>NAME.safetensors</c>, or shards with <c>NAME.safetensors.index.json</c>.
/// All are mapped; nothing but headers is read.
/// </summary>
public sealed class WeightFiles : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> owners;

    private WeightFiles(IReadOnlyList<SafetensorsFile> files)
    {
        Files = files;
        owners = new Dictionary<string, SafetensorsFile>(files.Sum(file => file.Names.Count));
        foreach (SafetensorsFile file in files)
        {
            foreach (string name in file.Names)
                owners.Add(name, file);         // once: the index gives each name to one shard
        }
    }

    /// <summary>The file or the shards, in order of their names.</summary>
    public IReadOnlyList<SafetensorsFile> Files { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => owners.Keys;

    /// <summary>Opens one file.</summary>
    /// <exception cref="SafetensorsException">It is missing or damaged.</exception>
    public static WeightFiles OpenFile(string path) => new([SafetensorsFile.Open(path)]);

    /// <summary>Opens the weights of a component. A single file goes before an index, as in the transformers library.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="baseName">Such as <c>diffusion_pytorch_model</c> or <c>model</c>.</param>
    /// <param name="variant">Such as <c>fp16</c>, for <c>NAME.fp16.safetensors</c>; variants are never chosen by themselves.</param>
    /// <exception cref="SafetensorsException">Files are missing or damaged, or the index and the shards disagree.</exception>
    public static WeightFiles Open(string folder, string baseName, string? variant = null)
    {
        string suffix = variant is null ? "" : "." + variant;
        string single = Path.Combine(folder, $"{baseName}{suffix}.safetensors");
        string index = Path.Combine(folder, $"{baseName}.safetensors.index{suffix}.json");
        if (File.Exists(single))
            return OpenFile(single);
        if (File.Exists(index))
            return OpenShards(folder, SafetensorsIndex.Read(index));
        throw new SafetensorsException($"{folder} has neither {Path.GetFileName(single)} nor {Path.GetFileName(index)}. {OtherFiles(folder)}");
    }

    /// <summary>A tensor by name, if there is one.</summary>
    public bool TryGet(string name, out Tensor tensor)
    {
        tensor = default;
        return owners.TryGetValue(name, out SafetensorsFile? file) && file.TryGet(name, out tensor);
    }

    /// <summary>The path of the file that has a tensor.</summary>
    public string FileOf(string name) => owners[name].Path;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafetensorsFile file in Files)
            file.Dispose();
    }

    private static WeightFiles OpenShards(string folder, SafetensorsIndex index)
    {
        string[] missing = [.. index.Shards.Where(shard => !File.Exists(Path.Combine(folder, shard)))];
        if (missing.Length > 0)
            throw new SafetensorsException($"{folder} lacks {missing.Length} of the {index.Shards.Count} shards that {Path.GetFileName(index.Path)} lists: {string.Join(", ", missing)}. Download them.");
        var files = new List<SafetensorsFile>();
        try
        {
            foreach (string shard in index.Shards)
            {
                files.Add(SafetensorsFile.Open(Path.Combine(folder, shard)));
                index.Check(shard, files[^1]);
            }
            return new WeightFiles(files);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    private static string OtherFiles(string folder)
    {
        if (!Directory.Exists(folder))
            return "The folder doesn't exist; download the model again.";
        string[] others = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))
            .Where(name => name.Contains(".safetensors") || name.EndsWith(".bin") || name.EndsWith(".pt") || name.EndsWith(".gguf")).Order().Take(5)];
        return others.Length == 0
            ? "It has no weights at all; download the model again."
            : $"It has {string.Join(", ", others)}, which isn't used unasked. Download the safetensors files without a variant, or rename these.";
    }
}
