using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>Weights of mapped files, with a record of which were asked for.</summary>
internal sealed class StoredWeights(WeightFiles files) : IWeights
{
    private const int MaxListed = 10;
    private readonly HashSet<string> used = [];
    private readonly List<string> ignored = [];

    public Tensor Get(string key, Shape shape)
    {
        if (!files.TryGet(key, out Tensor tensor))
            throw new WeightException($"'{key}' is missing from {FileNames()}; the nearest key there is {Nearest(key)}. The config and the weights must be of the same model.");
        if (!tensor.Type.IsKernelFloat)
            throw new WeightException($"'{key}' in {files.FileOf(key)} is {tensor}; weights are F32, BF16, F16, F8_E4M3 or F8_E5M2. Convert it to one of these.");
        if (tensor.Shape != shape)
            throw new WeightException($"'{key}' in {files.FileOf(key)} has the shape {tensor.Shape}, the config asks for {shape}. The config and the weights must be of the same model.");
        used.Add(key);
        return tensor;
    }

    public void Ignore(string prefix) => ignored.Add(prefix);

    public void CheckAllUsed(string prefix)
    {
        string[] unused = [.. files.Names.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !used.Contains(key) && !ignored.Any(key.StartsWith)).Order(StringComparer.Ordinal)];
        if (unused.Length == 0)
            return;
        string more = unused.Length > MaxListed ? $" and {unused.Length - MaxListed} more" : "";
        throw new WeightException($"{FileNames()} has {unused.Length} tensors that the model doesn't use: {string.Join(", ", unused.Take(MaxListed))}{more}. The config and the weights must be of the same model.");
    }

    private string FileNames() => files.Files.Count == 1 ? files.Files[0].Path : $"{files.Files[0].Path} and {files.Files.Count - 1} more shards";

    private string Nearest(string key)
    {
        string? nearest = files.Names.MinBy(name => EditDistance.Between(key, name));
        return nearest is null ? "none (there are no tensors)" : $"'{nearest}'";
    }
}
