using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines;

/// <summary>The adapters of a pipeline: mapped, checked and found to fit the model.</summary>
internal sealed class LoadedLoras : IDisposable
{
    private readonly List<LoraFile> files = [];
    private readonly LoraOptions options;

    private LoadedLoras(LoraOptions options) => this.options = options;

    /// <summary>No adapters.</summary>
    public static LoadedLoras None { get; } = new(LoraOptions.None);

    /// <summary>On the layers of the model.</summary>
    public IReadOnlyList<LoraAdapter> Adapters { get; private set; } = [];

    public bool Merge => options.Merge;

    /// <summary>Whether there are any that are merged.</summary>
    public bool Merges => Merge && Adapters.Count > 0;

    /// <summary>Bytes of all files.</summary>
    public long Bytes => files.Sum(file => file.Bytes);

    /// <summary>What they do.</summary>
    public IReadOnlyList<AppliedLora> Applied => [.. Adapters.Select(Describe)];

    /// <summary>The options with names in place of paths.</summary>
    public LoraOptions Named => options with
    {
        Adapters = [.. Adapters.Select(adapter => new Lora(adapter.File.Name, adapter.Scale) { Alpha = adapter.File.AskedAlpha })],
    };

    /// <summary>What is to be known of them, a sentence each.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            foreach ((AppliedLora applied, LoraAdapter adapter) in Applied.Zip(Adapters))
            {
                yield return applied.ToString();
                if (adapter.Unmatched.Count > 0)
                    yield return $"{adapter.UnmatchedKeys()} They are ignored.";
                if (adapter.File.BaseWeights is { Count: > 0 } weights)
                {
                    yield return $"LoRA {applied.Name} came with {Counted.Of(weights.Count, "weight")} that it was trained over; "
                        + "they are ignored, the model's own count.";
                }
            }
            foreach ((int i, LoraAdapter adapter) in Adapters.Index())
            {
                if (Adapters.Take(i).Any(other => SameFile.Are(other.File.FilePath, adapter.File.FilePath)))
                    yield return $"LoRA {adapter.File.Name} is given more than once: its changes add up.";
            }
            if (Merges)
            {
                int count = Adapters.SelectMany(adapter => adapter.Modules).Select(module => module.Name).Distinct().Count();
                yield return $"LoRAs are merged into copies of {count} weights.";
            }
        }
    }

    /// <summary>Opens and checks them; reads their numbers once.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="config">The transformer that they are for.</param>
    /// <exception cref="RequestException">One that can't be used; the message says why and what would work.</exception>
    public static LoadedLoras Open(LoraOptions options, TransformerConfig config)
    {
        ArgumentNullException.ThrowIfNull(options.Adapters);
        if (options.Adapters.Contains(null!))
            throw new ArgumentException("One of the adapters is null.", nameof(options));
        if (options.Adapters.Count == 0)
            return None;
        var loras = new LoadedLoras(options);
        try
        {
            IReadOnlyDictionary<string, Shape> targets = LoraTargets.Of(config);
            loras.Adapters = [.. options.Adapters.Select(lora => loras.Open(lora, targets))];
            return loras;
        }
        catch (Exception exception)
        {
            loras.Dispose();
            if (exception is LoraException or ConfigException or TensorFileException or IOException or UnauthorizedAccessException)
                throw Refused(exception.Message, exception);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => files.ForEach(file => file.Dispose());

    private LoraAdapter Open(Lora lora, IReadOnlyDictionary<string, Shape> targets)
    {
        if (PathCheck.Problem(lora.Path) is { } problem)
            throw Refused(problem);
        if (!Path.Exists(lora.Path))
            throw Refused($"{lora.Path} doesn't exist; name the file of a LoRA, or its folder.");
        if (lora.Alpha is { } alpha && !(Math.Abs(alpha) <= LoraConfig.LargestAlpha))
            throw Refused($"{lora.Path}: an alpha of {alpha} can't be; it is a number from -1e6 to 1e6, often the rank or half of it.");
        var file = LoraFile.Open(lora.Path, lora.Alpha);
        files.Add(file);
        var adapter = new LoraAdapter(file, lora.Scale, targets);
        (double least, double largest) = adapter.Factors;
        if (!float.IsFinite((float)least) || !float.IsFinite((float)largest))
            throw Refused($"{lora.Path}: a scale of {lora.Scale} can't be; 1 is what it was trained for.");
        if (adapter.Unmatched.Count > 0 && !options.IgnoreUnmatched)
        {
            const string Option = $"{nameof(LoraOptions)}.{nameof(LoraOptions.IgnoreUnmatched)}";
            throw Refused($"{adapter.UnmatchedKeys()} Without them the results may be others; {Option} leaves them out.");
        }
        return adapter;
    }

    private static AppliedLora Describe(LoraAdapter adapter)
    {
        (double least, double largest) = adapter.Factors;
        return new AppliedLora(
            adapter.File.Name, adapter.Scale, least, largest, adapter.Modules.Count, Ranks(adapter.Modules),
            Alphas(adapter.File, adapter.Modules));
    }

    /// <summary>The ranks of layers in words.</summary>
    public static string Ranks(IReadOnlyCollection<LoraModule> modules) =>
        $"rank {AppliedLora.Range(modules.Min(module => module.Rank), modules.Max(module => module.Rank))}";

    /// <summary>The alphas of layers in words.</summary>
    public static string Alphas(LoraFile file, IReadOnlyCollection<LoraModule> modules)
    {
        string range = AppliedLora.Range(modules.Min(module => module.Alpha), modules.Max(module => module.Alpha));
        if (file.AskedAlpha is not null)
            return $"alpha {range} as asked{(file.AlphaSource is { } other ? $", in place of that from {other}" : "")}";
        return file.AlphaSource is { } source ? $"alpha {range} from {source}" : "no alpha is given, so it is the rank";
    }

    private static RequestException Refused(string problem, Exception? inner = null) => new(nameof(LoraOptions.Adapters), problem, inner);
}
