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

    /// <summary>Reads from mapped files; no data are touched.</summary>
    public WeightReader(Ops ops, WeightFiles files) : this(ops, new StoredWeights(files), "") { }

    /// <summary>Lists what a model would read, in place of reading it.</summary>
    public WeightReader(WeightList list) : this(list.Ops, list, "") { }

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
    /// <returns>A view of the mapped file, in its stored type.</returns>
    /// <exception cref="WeightException">It is missing, or has another shape or a type that kernels don't read.</exception>
    public Tensor Get(string name, Shape shape) => weights.Get(Prefix + name, shape);

    /// <summary>The part of the checkpoint below a name isn't used.</summary>
    /// <param name="name">A name or the beginning of names below the prefix, such as <c>encoder.</c></param>
    public void Ignore(string name) => weights.Ignore(Prefix + name);

    /// <summary>To be called when a model has read all: a key that nobody asked for means that config and weights don't belong together.</summary>
    /// <exception cref="WeightException">Lists up to ten such keys below the prefix.</exception>
    public void CheckAllUsed() => weights.CheckAllUsed(Prefix);
}
