using System.Text.Json;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>A <c>*.safetensors.index.json</c>: which shard has which tensor.</summary>
internal sealed class SafetensorsIndex
{
    private const long MaxBytes = 64 << 20;
    private readonly Dictionary<string, string> weightMap = [];

    private SafetensorsIndex(string path) => Path = path;

    public string Path { get; }

    /// <summary>The file names of the shards, in order; they lie in the index's folder.</summary>
    public IReadOnlyList<string> Shards { get; private set; } = [];

    /// <exception cref="SafetensorsException">Not an index, or it points outside its folder.</exception>
    public static SafetensorsIndex Read(string path)
    {
        var index = new SafetensorsIndex(path);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw index.Bad($"it has more than {MaxBytes} bytes");
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            index.ReadMap(json.RootElement);
        }
        catch (JsonException exception)
        {
            throw index.Bad($"it isn't valid JSON ({exception.Message})", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SafetensorsException($"{path} can't be read: {exception.Message}", exception);
        }
        index.Shards = [.. index.weightMap.Values.Distinct().Order(StringComparer.Ordinal)];
        return index;
    }

    /// <summary>The shard must have the tensors that the index gives it, and no others.</summary>
    /// <exception cref="SafetensorsException">It hasn't.</exception>
    public void Check(string shard, SafetensorsFile file)
    {
        foreach (string name in file.Names)
        {
            if (!weightMap.TryGetValue(name, out string? owner))
                throw new SafetensorsException($"{file.Path} has tensor {Quoted.Name(name)}, which {System.IO.Path.GetFileName(Path)} doesn't list. Download index and shards again, from one source.");
            if (owner != shard)
                throw new SafetensorsException($"{file.Path} has tensor {Quoted.Name(name)}, which {System.IO.Path.GetFileName(Path)} places in {owner}. Download index and shards again, from one source.");
        }
        foreach ((string name, string owner) in weightMap)
        {
            if (owner == shard && !file.TryGet(name, out _))
                throw new SafetensorsException($"{file.Path} lacks tensor {Quoted.Name(name)}, which {System.IO.Path.GetFileName(Path)} places there. Download the shard again.");
        }
    }

    private void ReadMap(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
            throw Bad("it has no object 'weight_map'");
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
                throw Bad($"the shard of {Quoted.Name(entry.Name)} is a JSON {entry.Value.ValueKind}, not a file name");
            string shard = entry.Value.GetString()!;
            if (!IsPlainName(shard))
                throw Bad($"the shard of {Quoted.Name(entry.Name)} is {Quoted.Name(shard)}; only .safetensors files beside the index are read");
            weightMap.Add(entry.Name, shard);
        }
        if (weightMap.Count == 0)
            throw Bad("its 'weight_map' is empty");
    }

    // A downloaded index must not make us open files elsewhere on the machine.
    private static bool IsPlainName(string name) =>
        name.EndsWith(".safetensors", StringComparison.Ordinal) && !name.StartsWith('.') && !name.Any(c => c is '/' or '\\' or ':' || char.IsControl(c));

    private SafetensorsException Bad(string problem, Exception? inner = null) => new($"{Path}: {problem}. Download the index again.", inner);
}
