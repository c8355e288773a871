using CogVideoX.Tensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// A model's weights with adapters: either handed out beside the weights, for the layers to add, or merged into copies of the weights that
/// they change. Layers and models know nothing of the second.
/// </summary>
/// <param name="weights">The model's own.</param>
/// <param name="adapters">What changes them, in their order.</param>
/// <param name="merge">Whether they are merged.</param>
/// <param name="ops">Where the model computes.</param>
internal sealed class AdaptedWeights(StoredWeights weights, IReadOnlyList<LoraAdapter> adapters, bool merge, Ops ops) : IWeights
{
    private const string WeightName = ".weight";
    private const long MergedAtOnce = 1 << 22; // numbers: what merging takes beside the result

    private readonly Dictionary<LoraAdapter, StoredWeights> stored = adapters.ToDictionary(
        adapter => adapter, adapter => new StoredWeights(adapter.File.Weights, ops));
    private readonly List<Tensor> merged = [];

    public IReadOnlySet<string> Used => weights.Used;

    public IReadOnlyList<Tensor> Made => [.. weights.Made, .. stored.Values.SelectMany(own => own.Made), .. merged];

    public Tensor Get(string key, Shape shape) => IsMerged(key, out string module) ? Merge(module, key, shape) : weights.Get(key, shape);

    public Tensor GetMatrix(string key, Shape shape) =>
        IsMerged(key, out string module) ? Merge(module, key, shape) : weights.GetMatrix(key, shape);

    private bool IsMerged(string key, out string module)
    {
        string name = module = key.EndsWith(WeightName, StringComparison.Ordinal) ? key[..^WeightName.Length] : "";
        return merge && adapters.Any(adapter => adapter.Of(name) is not null);
    }

    public Tensor GetTied(string key, string alias, Shape shape) => weights.GetTied(key, alias, shape);

    public void Enter(string list, int layer) => weights.Enter(list, layer);

    public IReadOnlyList<string> Finish(string prefix) => weights.Finish(prefix);

    public LoraUpdate[] Updates(string module, Shape weight) => merge ? [] : All(module);

    private LoraUpdate[] All(string module) =>
        [.. adapters.Where(adapter => adapter.Of(module) is not null).Select(adapter => Update(adapter, adapter.Of(module)!))];

    // As matrices: what an adapter of a convolution has, too.
    private LoraUpdate Update(LoraAdapter adapter, LoraModule module)
    {
        Tensor a = stored[adapter].Get(module.AKey, module.A), b = stored[adapter].Get(module.BKey, module.B);
        return new LoraUpdate(AsMatrix(a), AsMatrix(b), (float)adapter.FactorOf(module));
    }

    // W + Σ factor · B·A in fp32, rounded once to the type of W; of 8-bit floats and quantised blocks, which would lose most of it, to
    // BF16.
    private Tensor Merge(string module, string key, Shape shape)
    {
        Tensor own = weights.Get(key, shape);
        Tensor result = ops.Memory.Lasting(shape, own.Type.IsBlocked || own.Type.Size == 1 ? DType.BF16 : own.Type);
        merged.Add(result);
        Tensor source = AsMatrix(own), target = AsMatrix(result);
        LoraUpdate[] updates = All(module);
        int rows = (int)Math.Clamp(MergedAtOnce / source.Shape[1], 1, source.Shape[0]);
        for (int row = 0; row < source.Shape[0]; row += rows)
            MergeRows(source, target, updates, row, Math.Min(rows, source.Shape[0] - row));
        weights.Release(own);
        foreach (StoredWeights halves in stored.Values)
            halves.ReleaseAll();
        return result;
    }

    private void MergeRows(Tensor source, Tensor target, LoraUpdate[] updates, int row, int count)
    {
        using MemoryScope scope = ops.Scope();
        Tensor sum = ops.Cast(source.Rows(row, count), DType.F32);
        foreach (LoraUpdate update in updates)
        {
            Tensor b = ops.Scale(ops.Cast(update.B.Rows(row, count), DType.F32), update.Factor);
            sum = ops.LinearResidual(b, ops.Permute(update.A, [1, 0]), default, sum);
        }
        ops.CopyInto(ops.Cast(sum, target.Type), target, 0, row);
    }

    private static Tensor AsMatrix(Tensor tensor) => tensor.Reshape([tensor.Shape[0], (int)tensor.Shape.Product(1, tensor.Shape.Rank)]);
}
