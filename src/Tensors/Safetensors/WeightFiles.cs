using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// The weights of one component of a Hugging Face folder: <c>NAME.safetensors</c>, or shards with <c>NAME.safetensors.index.json</c>;
/// where there are neither, PyTorch's <c>.bin</c> files. All are mapped; nothing but headers is read.
/// </summary>
public sealed class WeightFiles : IDisposable
{
    private readonly Dictionary<string, ITensorFile> owners;
    private readonly SafetensorsIndex? index;

    private WeightFiles(IReadOnlyList<ITensorFile> files, SafetensorsIndex? index, IEnumerable<string> notes)
    {
        Files = files;
        this.index = index;
        owners = new Dictionary<string, ITensorFile>(files.Sum(file => file.Names.Count));
        foreach (ITensorFile file in files)
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
    public IReadOnlyList<ITensorFile> Files { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => owners.Keys;

    /// <summary>What was decided between files, and where an index and its shards disagree: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Opens one file.</summary>
    /// <exception cref="SafetensorsException">It is missing or damaged.</exception>
    /// <param name="path">The file.</param>
    /// <param name="translate">Gives it the names that it is asked for, and owns it; null where it has them.</param>
    public static WeightFiles OpenFile(string path, Func<ITensorFile, ITensorFile>? translate = null) =>
        new([OpenOne(path, translate)], null, []);

    /// <summary>
    /// Opens the weights of a component: the first that is there of <c>NAME.safetensors.index.json</c>, <c>NAME.safetensors</c>, the only
    /// index of a variant (<c>NAME.safetensors.index.fp16.json</c>, with a note), <c>NAME.bin.index.json</c> and <c>NAME.bin</c>. Files of
    /// PyTorch are called <c>pytorch_model</c> where the name is <c>model</c>.
    /// </summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="baseName">Such as <c>diffusion_pytorch_model</c> or <c>model</c>.</param>
    /// <param name="variant">Such as <c>fp16</c>, for <c>NAME.fp16.safetensors</c>.</param>
    /// <param name="translate">Gives a single file the names that it is asked for, and owns it; null where it has them.</param>
    /// <exception cref="TensorFileException">Files are missing or damaged, or two shards have the same tensor.</exception>
    public static WeightFiles Open(string folder, string baseName, string? variant = null, Func<ITensorFile, ITensorFile>? translate = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(baseName);
        string suffix = variant is null ? "" : "." + variant;
        string single = Path.Combine(folder, $"{baseName}{suffix}.safetensors");
        string index = Path.Combine(folder, $"{baseName}.safetensors.index{suffix}.json");
        if (File.Exists(index))
            return OpenShards(folder, SafetensorsIndex.Read(index), []);
        if (File.Exists(single))
            return new WeightFiles([OpenOne(single, translate)], null, OtherWeights.Beside(folder, single, []));
        string neither = $"{folder} has neither {Path.GetFileName(single)} nor {Path.GetFileName(index)}";
        if (variant is null && OtherWeights.OnlyVariant(folder, $"{baseName}.safetensors.index.") is { } other)
            return OpenShards(folder, SafetensorsIndex.Read(other), [$"{neither}; the variant of {Path.GetFileName(other)} is read."]);
        string pickleName = baseName == "model" ? "pytorch_model" : baseName;
        string pickle = Path.Combine(folder, $"{pickleName}{suffix}.bin");
        string pickleIndex = Path.Combine(folder, $"{pickleName}.bin.index{suffix}.json");
        if (File.Exists(pickleIndex))
            return OpenShards(folder, SafetensorsIndex.Read(pickleIndex, ".bin"), []);
        return File.Exists(pickle)
            ? new WeightFiles([OpenOne(pickle, translate)], null, OtherWeights.Beside(folder, pickle, []))
            : throw new SafetensorsException($"{neither}. {OtherWeights.InPlaceOf(folder, Path.GetFileName(pickle))}");
    }

    /// <summary>A tensor by name, if there is one.</summary>
    public bool TryGet(string name, out Tensor tensor)
    {
        tensor = default;
        return owners.TryGetValue(name, out ITensorFile? file) && file.TryGet(name, out tensor);
    }

    /// <summary>What a tensor is, if there is one of that name. Touches no data.</summary>
    public bool TryDescribe(string name, out TensorInfo info)
    {
        info = default;
        return owners.TryGetValue(name, out ITensorFile? file) && file.TryDescribe(name, out info);
    }

    /// <summary>Bytes of memory that a tensor takes beside the mapped file once it was asked for; 0 for a view.</summary>
    public long CopiedBytes(string name) => owners.TryGetValue(name, out ITensorFile? file) ? file.CopiedBytes(name) : 0;

    /// <summary>The path of the file that has a tensor.</summary>
    public string FileOf(string name) => owners[name].Path;

    /// <summary>The path of the shard that should have a tensor by the index; null where none is named.</summary>
    internal string? PlaceOf(string name) =>
        index?.ShardOf(name) is string shard ? Path.Combine(Path.GetDirectoryName(index.Path)!, shard) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ITensorFile file in Files)
            file.Dispose();
    }

    private static ITensorFile OpenOne(string path, Func<ITensorFile, ITensorFile>? translate)
    {
        ITensorFile file = TensorFile.Open(path);
        return translate is null ? file : translate(file);
    }

    private static WeightFiles OpenShards(string folder, SafetensorsIndex index, string[] notes)
    {
        string[] missing = [.. index.Shards.Where(shard => !File.Exists(Path.Combine(folder, shard)))];
        if (missing.Length > 0)
        {
            throw new SafetensorsException($"{folder} lacks {missing.Length} of the {index.Shards.Count} shards that "
                + $"{Path.GetFileName(index.Path)} lists: {Quoted.Names(missing)}. Download them.");
        }
        var files = new List<ITensorFile>();
        try
        {
            foreach (string shard in index.Shards)
                files.Add(TensorFile.Open(Path.Combine(folder, shard)));
            return new WeightFiles(files, index, [.. notes, .. OtherWeights.Beside(folder, index.Path, index.Shards)]);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }
}
