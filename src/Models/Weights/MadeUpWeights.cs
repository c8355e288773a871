using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// Weights of which files have names, types and shapes, and whose elements are made up on the device that computes with them.
/// </summary>
/// <param name="files">Of the model, without elements.</param>
/// <param name="make">Makes a tensor that lasts, by its key.</param>
internal sealed class MadeUpWeights(WeightFiles files, Func<string, DType, Shape, Tensor> make) : IWeights
{
    private readonly HashSet<string> used = [];
    private readonly List<Tensor> made = [];

    public IReadOnlySet<string> Used => used;

    public IReadOnlyList<Tensor> Made => made;

    public Tensor Get(string key, Shape shape)
    {
        if (!files.TryGet(key, out Tensor hollow) || hollow.Shape != shape)
            throw new WeightException($"'{key}' {shape} isn't among the weights that were listed.");
        used.Add(key);
        Tensor result = make(key, hollow.Type, shape);
        made.Add(result);
        return result;
    }

    public Tensor GetTied(string key, string alias, Shape shape) => Get(files.TryGet(key, out _) ? key : alias, shape);

    public LoraUpdate[] Updates(string module, Shape weight) => [];

    public IReadOnlyList<string> Finish(string prefix) => [];
}
