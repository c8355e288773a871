using System.Text.Json;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>A <c>*.safetensors.index.json</c>, or <c>*.bin.index.json</c>: which shard has which tensor.</summary>
internal sealed class SafetensorsIndex
{
    private const long MaxBytes = 64 << 20;
    private const int MaxDepth = 8;
    private readonly Dictionary<string, string> weightMap = [];

    private readonly string ending;

    private SafetensorsIndex(string path, string ending)
    {
        Path = path;
        this.ending = ending;
    }

    public string Path { get; }

    /// <summary>The file names of the shards, in order; they lie in the index's folder.</summary>
    public IReadOnlyList<string> Shards { get; private set; } = [];

    /// <param name="path">The file.</param>
    /// <param name="ending">What the names of its shards end in.</param>
    /// <exception cref="SafetensorsException">Not an index, or it points outside its folder.</exception>
    public static SafetensorsIndex Read(string path, string ending = ".safetensors")
    {
        var index = new SafetensorsIndex(path, ending);
        try
        {
            using JsonDocument json = StrictJson.Read(path, MaxBytes, MaxDepth);
            index.ReadMap(json.RootElement);
        }
        catch (FormatException exception)
        {
            throw new SafetensorsException($"{path} {exception.Message}", exception);
        }
        index.Shards = [.. index.weightMap.Values.Distinct().Order(StringComparer.Ordinal)];
        return index;
    }

    /// <summary>The shard that a tensor should be in; null where the index doesn't list it.</summary>
    public string? ShardOf(string name) => weightMap.GetValueOrDefault(name);

    /// <summary>Where the index and the shards disagree, a sentence each. What counts is what the shards have.</summary>
    /// <param name="owners">The file that has each tensor.</param>
    public IEnumerable<string> Disagreements(IReadOnlyDictionary<string, ITensorFile> owners)
    {
        string[] absent = [.. weightMap.Keys.Where(name => !owners.ContainsKey(name))];
        string[] unlisted = [.. owners.Keys.Where(name => !weightMap.ContainsKey(name))];
        string[] elsewhere = [.. owners.Where(owner => IsElsewhere(owner.Key, owner.Value)).Select(owner => owner.Key)];
        if (absent.Length > 0)
            yield return $"{Path} lists tensors that no shard has ({absent.Length}): {Quoted.Names(absent)}.";
        if (unlisted.Length > 0)
            yield return $"{Path} doesn't list tensors that its shards have ({unlisted.Length}): {Quoted.Names(unlisted)}.";
        if (elsewhere.Length > 0)
            yield return $"{Path} places tensors in other shards than have them ({elsewhere.Length}): {Quoted.Names(elsewhere)}.";
    }

    private bool IsElsewhere(string name, ITensorFile owner) =>
        weightMap.TryGetValue(name, out string? shard) && shard != System.IO.Path.GetFileName(owner.Path);

    private void ReadMap(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("weight_map", out JsonElement map)
            || map.ValueKind != JsonValueKind.Object)
        {
            throw Bad("it has no object 'weight_map'");
        }
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
                throw Bad($"the shard of {Quoted.Name(entry.Name)} is a JSON {entry.Value.ValueKind}, not a file name");
            string shard = entry.Value.GetString()!;
            if (!IsPlainName(shard))
            {
                throw Bad($"the shard of {Quoted.Name(entry.Name)} is {Quoted.Name(shard)}; only {ending} files beside the index are read");
            }
            weightMap.Add(entry.Name, shard);
        }
        if (weightMap.Count == 0)
            throw Bad("its 'weight_map' is empty");
    }

    // A downloaded index must not make us open files elsewhere on the machine.
    private bool IsPlainName(string name) =>
        name.EndsWith(ending, StringComparison.Ordinal) && !name.StartsWith('.') && !name.Any(
            c => c is '/' or '\\' or ':' || char.IsControl(c));

    private SafetensorsException Bad(string problem) => new($"{Path}: {problem}. Download the index again.");
}
