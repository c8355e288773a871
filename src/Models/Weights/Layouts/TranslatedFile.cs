using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>A file under other names, which owns the file.</summary>
/// <param name="file">As it is stored.</param>
/// <param name="translations">
/// What is seen of it: name, and where it lies. The rows are within their tensors; one range is of their types, or of as many bytes.
/// </param>
/// <param name="metadata">What is seen of its metadata; null for all.</param>
internal sealed class TranslatedFile(
    ITensorFile file, IReadOnlyDictionary<string, Translation> translations, IReadOnlyDictionary<string, string>? metadata = null)
    : ITensorFile
{
    private readonly HostTensors copies = new();
    private readonly Dictionary<string, Tensor> made = [];

    /// <summary>What of a file is behind a prefix, without it.</summary>
    public static TranslatedFile Below(ITensorFile file, string prefix)
    {
        var seen = new Dictionary<string, Translation>();
        foreach (string name in file.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            file.TryDescribe(name, out TensorInfo info);
            seen.Add(name[prefix.Length..], Translation.Whole(name, info));
        }
        return new TranslatedFile(file, seen);
    }

    /// <summary>Sees a tensor under a name.</summary>
    /// <exception cref="WeightException">Another one has that name.</exception>
    public static void Add(Dictionary<string, Translation> seen, string name, Translation translation, ITensorFile file)
    {
        if (seen.TryAdd(name, translation))
            return;
        string stored = Quoted.Names([seen[name].Rows[0].Stored, translation.Rows[0].Stored]);
        throw new WeightException($"{file.Path} has {Quoted.Name(name)} under two names: {stored}. Use the model's own file.");
    }

    public string Path => file.Path;

    public long Bytes => file.Bytes;

    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata ?? file.Metadata;

    public IReadOnlyCollection<string> Names { get; } = [.. translations.Keys];

    public bool TryDescribe(string name, out TensorInfo info)
    {
        bool found = translations.TryGetValue(name, out Translation? translation);
        info = translation?.Info ?? default;
        return found;
    }

    public bool TryGet(string name, out Tensor tensor)
    {
        tensor = default;
        if (!translations.TryGetValue(name, out Translation? translation))
            return false;
        tensor = translation.Rows.Count == 1 ? View(translation) : Copy(name, translation);
        return true;
    }

    // Rows of a tensor that is a copy itself have their share of it.
    public long CopiedBytes(string name)
    {
        if (!translations.TryGetValue(name, out Translation? translation))
            return 0;
        bool isOfCopies = translation.Rows.Any(rows => file.CopiedBytes(rows.Stored) > 0), isStacked = translation.Rows.Count > 1;
        return translation.Info.Bytes * ((isOfCopies ? 1 : 0) + (isStacked ? 1 : 0));
    }

    public void Dispose()
    {
        copies.Dispose();
        file.Dispose();
    }

    private Tensor View(Translation translation)
    {
        Tensor stored = View(translation.Rows[0]);
        Tensor seen = stored.Type == translation.Info.Type
            ? stored.Reshape(translation.Info.Shape)
            : stored.As(translation.Info.Type, translation.Info.Shape);
        return translation.Factors is null ? seen : seen.ScaledBy(file[translation.Factors]);
    }

    private Tensor View(StoredRows rows)
    {
        Tensor stored = file[rows.Stored];
        return stored.Shape.Rank == 0 ? stored : stored.Rows(rows.Start, rows.Count);
    }

    private Tensor Copy(string name, Translation translation)
    {
        if (made.TryGetValue(name, out Tensor known))
            return known;
        return made[name] = copies.Stack(translation.Info, translation.Rows.Select(View));
    }
}
