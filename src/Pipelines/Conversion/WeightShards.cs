using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>
/// The weights of a part as diffusers and transformers write them: one file, or shards with an index
/// (<c>split_state_dict_into_shards_factory</c> of huggingface_hub).
/// </summary>
internal static class WeightShards
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <param name="folder">What comes before the names of the files, with its slash; empty for nothing.</param>
    /// <param name="baseName">Such as <c>diffusion_pytorch_model</c>.</param>
    /// <param name="tensors">In the model's order.</param>
    /// <param name="most">Bytes of a shard; a larger tensor has one for itself.</param>
    public static IEnumerable<OutputFile> Files(string folder, string baseName, IReadOnlyList<TensorSource> tensors, long most)
    {
        List<List<TensorSource>> shards = Split(tensors, most);
        if (shards.Count == 1)
        {
            yield return One($"{folder}{baseName}.safetensors", tensors);
            yield break;
        }
        var map = new Dictionary<string, object?>();
        for (int i = 0; i < shards.Count; i++)
        {
            string name = $"{baseName}-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            shards[i].ForEach(tensor => map.Add(tensor.Name, name));
            yield return One(folder + name, shards[i]);
        }
        var metadata = new Dictionary<string, object?> { ["total_size"] = tensors.Sum(tensor => tensor.Bytes) };
        string index = PythonJson.Text(new Dictionary<string, object?> { ["metadata"] = metadata, ["weight_map"] = map });
        yield return OutputFile.Text($"{folder}{baseName}.safetensors.index.json", index + "\n");
    }

    /// <summary>One safetensors file.</summary>
    /// <param name="name">Its place.</param>
    /// <param name="tensors">What is in it.</param>
    /// <param name="metadata">Its strings; null for those that PyTorch's files have.</param>
    public static OutputFile One(
        string name, IReadOnlyList<TensorSource> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        new(name, tensors.Sum(tensor => tensor.Bytes), path => SafetensorsWriter.Write(path, tensors, metadata ?? Metadata));

    private static List<List<TensorSource>> Split(IReadOnlyList<TensorSource> tensors, long most)
    {
        var shards = new List<List<TensorSource>>();
        var current = new List<TensorSource>();
        foreach (TensorSource tensor in tensors)
        {
            if (tensor.Bytes > most)
            {
                shards.Add([tensor]);
                continue;
            }
            if (current.Sum(other => other.Bytes) + tensor.Bytes > most)
            {
                shards.Add(current);
                current = [];
            }
            current.Add(tensor);
        }
        if (current.Count > 0)
            shards.Add(current);
        return shards;
    }
}
