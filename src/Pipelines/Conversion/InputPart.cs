using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>A part of a model that is read: its config, and which tensors belong to it.</summary>
internal sealed class InputPart
{
    private const string Shared = "shared.weight", Alias = "encoder.embed_tokens.weight";
    private const string Positions = "patch_embed.pos_embedding", Attention = ".attn1.", AttentionNorm = ".attn1.norm_";

    /// <param name="kind">What it is.</param>
    /// <param name="open">Maps its weights, seen under the names that models ask for.</param>
    /// <param name="config">Its <c>config.json</c>; null where nothing tells it, and then its tensors are taken as they are.</param>
    /// <param name="configPath">Where that is, for messages.</param>
    /// <exception cref="WeightException">Weights that the config asks for are missing, or have other shapes.</exception>
    /// <exception cref="ConfigException">The config is damaged, or of another model.</exception>
    public InputPart(PartKind kind, Func<WeightFiles> open, byte[]? config, string configPath)
    {
        Kind = kind;
        Open = open;
        Config = config;
        WeightsName = kind.WeightsName();
        Folder = kind.Folder();
        using WeightFiles files = open();
        if (config is null || kind == PartKind.Other)
        {
            Keys = [.. files.Names.Select(name => (name, name))];
            Notes = files.Notes;
            return;
        }
        using Ops dry = Ops.Planning();
        var weights = new WeightReader(dry, files);
        Build(ConfigFile.Parse(configPath, config), weights);
        Notes = weights.Finish();
        Keys = KeysOf(weights.Used);
    }

    public PartKind Kind { get; }

    /// <summary>Its folder in a pipeline, such as <c>transformer</c>.</summary>
    public string Folder { get; init; }

    /// <summary>What its weight files begin with.</summary>
    public string WeightsName { get; init; }

    /// <summary>Maps its weights.</summary>
    public Func<WeightFiles> Open { get; }

    /// <summary>Its config, byte for byte where it had one; null where nothing tells it.</summary>
    public byte[]? Config { get; }

    /// <summary>
    /// The tensors, in the order in which the model asks for them: the name to be written, and the one that it is read by.
    /// </summary>
    public IReadOnlyList<(string Key, string Stored)> Keys { get; }

    /// <summary>What is left out, or had to be decided.</summary>
    public IReadOnlyList<string> Notes { get; }

    private void Build(ConfigFile config, WeightReader weights)
    {
        switch (Kind)
        {
            case PartKind.Transformer:
                _ = new CogVideoXTransformer(weights, TransformerConfig.Read(config));
                break;
            case PartKind.Vae:
                new CogVideoXVae(weights, VaeConfig.Read(config)).Build();
                break;
            default:
                _ = new T5Encoder(weights, T5Config.Read(config));
                break;
        }
    }

    // Of the two names of an embedding, transformers writes the first alone. Shards depend on the order, which is that of diffusers'
    // modules: ours ask for positions, and for the norms of queries and keys, later.
    private static (string, string)[] KeysOf(IReadOnlySet<string> used)
    {
        bool hasShared = used.Contains(Shared);
        IEnumerable<string> ordered = used.OrderBy(name => name == Positions ? 0 : 1).GroupBy(AttentionOf)
            .SelectMany(group => group.OrderBy(name => name.Contains(AttentionNorm, StringComparison.Ordinal) ? 0 : 1));
        return [.. ordered.Where(name => !hasShared || name != Alias).Select(name => (name == Alias ? Shared : name, name))];
    }

    // The block of a tensor of attention; any other tensor stands for itself.
    private static string AttentionOf(string name)
    {
        int at = name.IndexOf(Attention, StringComparison.Ordinal);
        return at < 0 ? name : name[..at];
    }
}
