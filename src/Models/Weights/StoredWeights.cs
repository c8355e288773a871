using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>Weights of mapped files, with a record of which were asked for.</summary>
/// <param name="files">Where they are.</param>
/// <param name="ops">Where the model computes.</param>
/// <param name="streamed">Takes those of layers that come to the device while they are needed; null for none.</param>
/// <param name="float8">What keys begin with of matrices that become 8-bit floats on their way to the device; null for none.</param>
internal sealed class StoredWeights(WeightFiles files, Ops ops, StreamedLayers? streamed = null, string? float8 = null) : IWeights
{
    private const int MostNear = 3, MostCompared = 5000;
    private const string SameModel = "The config and the weights must be of the same model.";

    private readonly HashSet<string> used = [];
    private readonly List<string> narrowed = [], widened = [];
    private readonly List<Tensor> made = []; // beside the mapped files

    public IReadOnlySet<string> Used => used;

    public IReadOnlyList<Tensor> Made => streamed is null ? made : [.. streamed.Slots, .. made];

    public Tensor Get(string key, Shape shape) => Get(key, shape, ops.Resident);

    public Tensor GetMatrix(string key, Shape shape) => float8 is not null && key.StartsWith(float8, StringComparison.Ordinal)
        ? Get(key, shape, ops.ResidentFloat8)
        : Get(key, shape);

    private Tensor Get(string key, Shape shape, Func<Tensor, Tensor> resident)
    {
        if (!TryFind(files, ops, key, out Tensor tensor))
            throw new WeightException(Missing(key, $"'{key}'"));
        if (!tensor.Type.IsKernelFloat && !IsConverted(tensor))
        {
            throw new WeightException($"'{key}' in {files.FileOf(key)} is {tensor}; weights are F32, BF16, F16, F8_E4M3, F8_E5M2, F64 "
                + "or blocks of GGUF. Convert it to one of these.");
        }
        if (tensor.Shape != shape)
        {
            throw new WeightException($"'{key}' in {files.FileOf(key)} has the shape {tensor.Shape}, the config asks for {shape}. "
                + (ForeignNames.OfShape(tensor.Shape, shape) ?? SameModel));
        }
        used.Add(key);
        if (ops.IsPlanning && !ops.HoldsWeights && files.CopiedBytes(key) is > 0 and long copied)
            made.Add(ops.Block(copied)); // in the memory that is planned
        if (streamed?.TryPlace(key, tensor, out Tensor placed) == true)
            return placed;
        if (!IsConverted(tensor))
            return Resident(tensor, resident);
        (tensor.Type.IsBlocked ? widened : narrowed).Add(key);
        Tensor result = tensor.Type.IsBlocked ? ops.Widened(tensor) : ops.Narrow(tensor);
        made.Add(result);
        return result;
    }

    /// <summary>
    /// A stored tensor, if there is one of that name. A dry run gets one without elements where they don't lie in the file as they are
    /// needed, since gigabytes would be copied for it.
    /// </summary>
    public static bool TryFind(WeightFiles files, Ops ops, string key, out Tensor tensor)
    {
        if (!ops.IsPlanning || files.CopiedBytes(key) == 0)
            return files.TryGet(key, out tensor);
        bool found = files.TryDescribe(key, out TensorInfo info);
        tensor = ops.StandIn(info);
        return found;
    }

    /// <summary>
    /// Whether F32 is made of a stored tensor: of F64, and of quantised blocks that aren't a matrix, whose rows products and embeddings
    /// widen.
    /// </summary>
    public static bool IsConverted(Tensor tensor) => tensor.Type == DType.F64 || (tensor.Type.IsBlocked && tensor.Shape.Rank != 2);

    public LoraUpdate[] Updates(string module, Shape weight) => [];

    public void Enter(string list, int layer) => streamed?.Enter(list, layer);

    /// <summary>Gives back a tensor that was made here, where the model does without it after all.</summary>
    public void Release(Tensor tensor)
    {
        if (made.Remove(tensor))
            ops.Memory.Release(tensor);
    }

    /// <summary>Gives back all that was made here.</summary>
    public void ReleaseAll()
    {
        made.ForEach(ops.Memory.Release);
        made.Clear();
    }

    private Tensor Resident(Tensor stored, Func<Tensor, Tensor> resident)
    {
        long before = ops.Memory.LiveBytes;
        Tensor result = resident(stored);
        if (ops.Memory.LiveBytes != before) // where the device has a memory of its own
            made.Add(result);
        return result;
    }

    public Tensor GetTied(string key, string alias, Shape shape)
    {
        bool hasKey = files.TryGet(key, out Tensor tensor);
        bool hasAlias = files.TryGet(alias, out Tensor other);
        if (!hasKey && !hasAlias)
            throw new WeightException(Missing(key, $"'{key}' (or '{alias}')"));
        if (!hasAlias)
            return Get(key, shape);
        if (hasKey && !tensor.HasSameElements(other))
        {
            throw new WeightException($"'{key}' in {files.FileOf(key)} and '{alias}' in {files.FileOf(alias)} are two names of one tensor, "
                + "and differ. Remove the one that doesn't belong to the model, or download the file again.");
        }
        used.Add(alias);
        return Get(hasKey ? key : alias, shape);
    }

    public IReadOnlyList<string> Finish(string prefix)
    {
        string[] below = [.. files.Names.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];
        string[] unused = [.. below.Where(key => !used.Contains(key) && !IsBuffer(key)).Order(StringComparer.Ordinal)];
        var kinds = new UnusedWeights(used);
        if (unused.GroupBy(kinds.Change).FirstOrDefault(group => group.Key is not null) is { Key: { } change } lost)
            throw new WeightException($"{FileNames()} has {change.What}: {Quoted.Names([.. lost])}. {change.Remedy}");
        if (files.Files.FirstOrDefault(file => file.Metadata.ContainsKey(UnusedWeights.QuantizationKey)) is { } quantized)
        {
            throw new WeightException($"{quantized.Path} has {UnusedWeights.Scales.What}: '{UnusedWeights.QuantizationKey}' in its header. "
                + UnusedWeights.Scales.Remedy);
        }
        return
        [
            .. files.Notes,
            .. Note(narrowed, "stored as F64 and converted to F32 in memory"),
            .. Note(widened, "stored in quantised blocks and, as no matrices are, widened to F32 in memory"),
            .. Note(unused, "not used by this model and ignored"),
        ];
    }

    // Indices that other libraries keep beside weights, such as position_ids: they follow from the config.
    private bool IsBuffer(string key) =>
        files.TryDescribe(key, out TensorInfo tensor) && (tensor.Type == DType.I64 || tensor.Type == DType.I32);

    private IEnumerable<string> Note(IReadOnlyCollection<string> keys, string what) => keys.Count == 0
        ? []
        : [$"{FileNames()}: {keys.Count} {(keys.Count == 1 ? "tensor is" : "tensors are")} {what}: {Quoted.Names(keys)}."];

    private string Missing(string key, string named)
    {
        string place = files.PlaceOf(key) is string shard ? $" (its index places it in {Path.GetFileName(shard)})" : "";
        return $"{named} is missing from {FileNames()}{place}; {Near(key)}. {ForeignNames.Recognise(key, files.Names) ?? SameModel}";
    }

    private string FileNames() =>
        files.Files.Count == 1 ? files.Files[0].Path : $"{files.Files[0].Path} and {files.Files.Count - 1} more shards";

    private string Near(string key)
    {
        IEnumerable<string> candidates = files.Names.Take(MostCompared).Where(name => name.Length <= 2 * key.Length);
        string[] near = [.. candidates.OrderBy(name => EditDistance.Between(key, name)).Take(MostNear)];
        return near.Length == 0 ? "no key there is like it" : $"the nearest there: {Quoted.Names(near)}";
    }
}
