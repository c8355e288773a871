namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// The weights of one component of a Hugging Face folder: <c>NAME.safetensors</c>, or shards with <c>NAME.safetensors.index.json</c>.
/// All are mapped; nothing but headers is read.
/// </summary>
public sealed class WeightFiles : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> owners;
    private readonly SafetensorsIndex? index;

    private WeightFiles(IReadOnlyList<SafetensorsFile> files, SafetensorsIndex? index, IEnumerable<string> notes)
    {
        Files = files;
        this.index = index;
        owners = new Dictionary<string, SafetensorsFile>(files.Sum(file => file.Names.Count));
        foreach (SafetensorsFile file in files)
        {
            foreach (string name in file.Names)
            {
                if (!owners.TryAdd(name, file))
                {
                    string other = Path.GetFileName(owners[name].Path);
                    throw new SafetensorsException($"{file.Path} has tensor {Quoted.Name(name)}, and so has {other}. "
                        + "Download the index and its shards again, from one source.");
                }
            }
        }
        Notes = [.. notes, .. index?.Disagreements(owners) ?? []];
    }

    /// <summary>The file or the shards, in order of their names.</summary>
    public IReadOnlyList<SafetensorsFile> Files { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => owners.Keys;

    /// <summary>What was decided between files, and where an index and its shards disagree: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Opens one file.</summary>
    /// <exception cref="SafetensorsException">It is missing or damaged.</exception>
    public static WeightFiles OpenFile(string path) => new([SafetensorsFile.Open(path)], null, []);

    /// <summary>Opens the weights of a component. An index goes before a single file, which is then a stray one.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="baseName">Such as <c>diffusion_pytorch_model</c> or <c>model</c>.</param>
    /// <param name="variant">Such as <c>fp16</c>, for <c>NAME.fp16.safetensors</c>; variants are never chosen by themselves.</param>
    /// <exception cref="SafetensorsException">Files are missing or damaged, or two shards have the same tensor.</exception>
    public static WeightFiles Open(string folder, string baseName, string? variant = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(baseName);
        string suffix = variant is null ? "" : "." + variant;
        string single = Path.Combine(folder, $"{baseName}{suffix}.safetensors");
        string index = Path.Combine(folder, $"{baseName}.safetensors.index{suffix}.json");
        if (File.Exists(index))
            return OpenShards(folder, SafetensorsIndex.Read(index));
        if (File.Exists(single))
            return new WeightFiles([SafetensorsFile.Open(single)], null, OtherWeights.Beside(folder, single, []));
        throw new SafetensorsException(
            $"{folder} has neither {Path.GetFileName(single)} nor {Path.GetFileName(index)}. {OtherWeights.InPlaceOf(folder)}");
    }

    /// <summary>A tensor by name, if there is one.</summary>
    public bool TryGet(string name, out Tensor tensor)
    {
        tensor = default;
        return owners.TryGetValue(name, out SafetensorsFile? file) && file.TryGet(name, out tensor);
    }

    /// <summary>The path of the file that has a tensor.</summary>
    public string FileOf(string name) => owners[name].Path;

    /// <summary>The path of the shard that should have a tensor by the index; null where none is named.</summary>
    internal string? PlaceOf(string name) =>
        index?.ShardOf(name) is string shard ? Path.Combine(Path.GetDirectoryName(index.Path)!, shard) : null;

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
        {
            throw new SafetensorsException($"{folder} lacks {missing.Length} of the {index.Shards.Count} shards that "
                + $"{Path.GetFileName(index.Path)} lists: {Quoted.Names(missing)}. Download them.");
        }
        var files = new List<SafetensorsFile>();
        try
        {
            foreach (string shard in index.Shards)
                files.Add(SafetensorsFile.Open(Path.Combine(folder, shard)));
            return new WeightFiles(files, index, OtherWeights.Beside(folder, index.Path, index.Shards));
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }
}
