using System.Globalization;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// Walks the dotted keys of a checkpoint: <c>w["transformer_blocks"][3]["attn1"].Get("to_q.weight", [D, D])</c>. Each layer takes the
/// reader of its own prefix, asks for what it needs with the shape that follows from the config, and finds the operations there too.
/// </summary>
public sealed class WeightReader
{
    private readonly IWeights weights;

    /// <summary>
    /// Reads from mapped files. No data are touched, but for F64: it becomes F32 in the memory of <paramref name="ops"/>.
    /// </summary>
    public WeightReader(Ops ops, WeightFiles files) : this(ops, new StoredWeights(files, ops), "") { }

    /// <summary>The same with adapters.</summary>
    /// <param name="ops">The operations that the model runs on.</param>
    /// <param name="files">The model's own weights.</param>
    /// <param name="adapters">What changes them.</param>
    /// <param name="merge">Whether adapters are merged into copies of the weights, rather than computed beside them.</param>
    /// <param name="streamed">
    /// The list of layers, such as <c>transformer_blocks</c>, whose weights come to the device while they are needed; null for none.
    /// </param>
    /// <param name="float8">The list of layers whose matrices become 8-bit floats on their way to the device; null for none.</param>
    /// <exception cref="ArgumentException">
    /// Streamed, and merged or of 8-bit floats: such weights are nowhere but on the device.
    /// </exception>
    internal WeightReader(
        Ops ops, WeightFiles files, IReadOnlyList<LoraAdapter> adapters, bool merge, string? streamed = null, string? float8 = null)
        : this(ops, new AdaptedWeights(Stored(ops, files, adapters.Count > 0 && merge, streamed, float8), adapters, merge, ops), "") { }

    /// <summary>Lists what a model would read, in place of reading it.</summary>
    internal WeightReader(WeightList list) : this(list.Ops, list, "") { }

    /// <summary>Takes weights from anywhere.</summary>
    internal WeightReader(Ops ops, IWeights weights) : this(ops, weights, "") { }

    private WeightReader(Ops ops, IWeights weights, string prefix)
    {
        Ops = ops;
        this.weights = weights;
        Prefix = prefix;
    }

    /// <summary>The operations that the model runs on.</summary>
    public Ops Ops { get; }

    /// <summary>What comes before the names here, with its dot; empty at the root.</summary>
    public string Prefix { get; }

    /// <summary>The reader below a name, which may have dots.</summary>
    public WeightReader this[string name] => new(Ops, weights, $"{Prefix}{name}.");

    /// <summary>The reader below a number: an item of a list of layers.</summary>
    public WeightReader this[int index] => this[index.ToString(CultureInfo.InvariantCulture)];

    /// <summary>A tensor that must be there.</summary>
    /// <param name="name">Its name below the prefix.</param>
    /// <param name="shape">The shape that the config asks for.</param>
    /// <returns>A view of the mapped file, in its stored type; or F32 where that is F64.</returns>
    /// <exception cref="WeightException">It is missing, or has another shape or a type that kernels don't read.</exception>
    public Tensor Get(string name, Shape shape) => weights.Get(Prefix + name, shape);

    /// <summary>A matrix that must be there and that products alone read, which may be stored otherwise on the device.</summary>
    /// <inheritdoc cref="Get"/>
    internal Tensor GetMatrix(string name, Shape shape) => weights.GetMatrix(Prefix + name, shape);

    /// <summary>A tensor that checkpoints have under either of two names, or under both.</summary>
    /// <param name="name">Its name below the prefix.</param>
    /// <param name="alias">Its other name below the prefix.</param>
    /// <param name="shape">The shape that the config asks for.</param>
    /// <exception cref="WeightException">As <see cref="Get"/>; or both are there and differ.</exception>
    public Tensor GetTied(string name, string alias, Shape shape) => weights.GetTied(Prefix + name, Prefix + alias, shape);

    /// <summary>What adapters add to the weight of the layer here, beside it.</summary>
    /// <param name="weight">The shape of its weight.</param>
    internal LoraUpdate[] Updates(Shape weight) => weights.Updates(Prefix.TrimEnd('.'), weight);

    /// <summary>
    /// To be called before a layer of the list here computes: the weights of those that were entered before it may be gone then, but for
    /// work that has begun.
    /// </summary>
    /// <param name="layer">Its number in the list.</param>
    internal void Enter(int layer) => weights.Enter(Prefix, layer);

    /// <summary>The full keys that were asked for so far and are there.</summary>
    internal IReadOnlySet<string> Used => weights.Used;

    /// <summary>
    /// Tensors that were made so far, converted or brought to the device: they last until whoever lets the model go releases them.
    /// </summary>
    public IReadOnlyList<Tensor> Made => weights.Made;

    /// <summary>To be called when a model has read all. What nobody asked for is ignored where the model is the same without it.</summary>
    /// <returns>What was ignored, converted or decided below the prefix: a sentence each, with file and names.</returns>
    /// <exception cref="WeightException">
    /// A tensor that nobody asked for would change the results: the scale of a weight, a bias or a layer that the config doesn't have.
    /// </exception>
    public IReadOnlyList<string> Finish() => weights.Finish(Prefix);

    private static StoredWeights Stored(Ops ops, WeightFiles files, bool merges, string? streamed, string? float8)
    {
        if (streamed is null)
            return new StoredWeights(files, ops, float8: float8 is null ? null : $"{float8}.");
        return merges || float8 is not null
            ? throw new ArgumentException("Weights that are nowhere but on the device can't be streamed.", nameof(streamed))
            : new StoredWeights(files, ops, new StreamedLayers(ops, files, $"{streamed}."));
    }
}
