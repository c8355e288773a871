using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>An adapter at a scale, on the layers of one model.</summary>
internal sealed class LoraAdapter
{
    private readonly Dictionary<string, LoraModule> modules = [];

    /// <param name="file">The adapter.</param>
    /// <param name="scale">How much of it; 1 is what it was trained for.</param>
    /// <param name="targets">The layers of the model, with the shapes of their weights.</param>
    /// <exception cref="LoraException">It was made for another model: nothing of it fits, or a layer has other sizes.</exception>
    public LoraAdapter(LoraFile file, double scale, IReadOnlyDictionary<string, Shape> targets)
    {
        File = file;
        Scale = scale;
        foreach (LoraModule module in file.Modules.Where(module => targets.ContainsKey(module.Name)))
        {
            CheckShape(module, targets[module.Name]);
            modules.Add(module.Name, module);
        }
        IEnumerable<LoraModule> elsewhere = file.Modules.Where(module => !targets.ContainsKey(module.Name));
        string[] others = [.. elsewhere.SelectMany(module => new[] { module.AKey, module.BKey })];
        Unmatched = [.. file.Unread, .. others];
        if (modules.Count == 0)
        {
            string made = LoraDialects.Architecture(others) ?? "another model";
            throw new LoraException(
                $"{file.Path}: no layer of it is one of this model's; it was made for {made}: {Quoted.Names(others)}. "
                + "Use a LoRA for this CogVideoX model.");
        }
    }

    public LoraFile File { get; }

    public double Scale { get; }

    /// <summary>Keys that belong to no layer of the model.</summary>
    public IReadOnlyList<string> Unmatched { get; }

    /// <summary>The layers that it changes.</summary>
    public IReadOnlyCollection<LoraModule> Modules => modules.Values;

    /// <summary>What B·A is multiplied with: scale · alpha / rank, from the least layer's to the largest's.</summary>
    public (double Least, double Largest) Factors => (Modules.Min(FactorOf), Modules.Max(FactorOf));

    /// <summary>What it has for a layer.</summary>
    public LoraModule? Of(string module) => modules.GetValueOrDefault(module);

    public double FactorOf(LoraModule module) => Scale * module.Factor;

    /// <summary>What is left out where <see cref="Unmatched"/> has keys, as a sentence.</summary>
    public string UnmatchedKeys()
    {
        string kinds = Unmatched.Any(LoraDialects.IsOfTextEncoder) ? " (the text encoder's can't be changed)"
            : LoraDialects.Architecture(Unmatched) is { } architecture ? $" (some are of {architecture})"
            : "";
        string count = Unmatched.Count == 1 ? "1 key belongs" : $"{Unmatched.Count} keys belong";
        return $"{File.Path}: {count} to no layer of this model{kinds}: {Quoted.Names(Unmatched)}.";
    }

    private void CheckShape(LoraModule module, Shape weight)
    {
        (Shape a, Shape b) = (module.A, module.B);
        bool fits = a.Rank == weight.Rank && b[0] == weight[0] && a.With(0, weight[0]) == weight;
        if (fits)
            return;
        if (a.Rank != weight.Rank)
        {
            string made = a.Rank > weight.Rank ? "they are of a convolution, which this layer isn't" : "this layer is a convolution";
            throw new LoraException(
                $"{File.Path}: A {a} and B {b} of {Quoted.Name(module.Name)} don't fit the layer's weight {weight}: {made}. "
                + "Use a LoRA for this model.");
        }
        string widths = string.Concat(new[] { a[1], b[0] }.Distinct().Select(ReleasedModels.OfWidth).OfType<string>().Take(1)
            .Select(names => $" (such as {names})"));
        throw new LoraException($"{File.Path}: A {a} and B {b} of {Quoted.Name(module.Name)} don't fit the layer's weight {weight}: "
            + $"the LoRA was made for another model{widths}. Use one for this model.");
    }
}
