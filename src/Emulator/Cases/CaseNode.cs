using System.Text.Json;
using System.Text.Unicode;

namespace CogVideoX.Emulator.Cases;

/// <summary>A value in a JSON file of a case, with its place: asking it for what it isn't ends in a sentence.</summary>
internal sealed class CaseNode
{
    private const int Deepest = 32;

    private readonly string path;
    private readonly string place;
    private readonly JsonElement value;

    private CaseNode(string path, string place, JsonElement value) => (this.path, this.place, this.value) = (path, place, value);

    public bool IsText => value.ValueKind == JsonValueKind.String;

    /// <summary>Reads JSON; the document must outlive the node.</summary>
    public static (JsonDocument Document, CaseNode Root) Parse(string path, ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span))
            throw new CaseException(path, "it isn't UTF-8 text");
        try
        {
            var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest, AllowDuplicateProperties = false });
            return (document, new CaseNode(path, "", document.RootElement));
        }
        catch (JsonException e) when (e.LineNumber is { } line && e.BytePositionInLine is { } column)
        {
            throw new CaseException(path, $"it isn't JSON at line {line + 1}, byte {column + 1}", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CaseException(path, "it isn't JSON: a name stands twice in one object, or isn't Unicode", e);
        }
    }

    public CaseException Wrong(string wanted) =>
        new(path, place.Length == 0 ? $"it must {wanted}" : $"{Printable.Quoted(place)} must {wanted}");

    public CaseNode Get(string name) => Find(name) ?? throw new CaseException(path, place.Length == 0
        ? $"{Printable.Quoted(name)} is missing" : $"{Printable.Quoted(name)} is missing in {Printable.Quoted(place)}");

    public CaseNode? Find(string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong($"be an object, not {Kind}");
        return value.TryGetProperty(name, out JsonElement found)
            ? new CaseNode(path, place.Length == 0 ? name : $"{place}.{name}", found) : null;
    }

    public IEnumerable<(string Name, CaseNode Value)> Members()
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong($"be an object, not {Kind}");
        return value.EnumerateObject().Select(p => (p.Name, new CaseNode(path, place.Length == 0 ? p.Name : $"{place}.{p.Name}", p.Value)));
    }

    /// <summary>Refuses members of other names.</summary>
    public void RequireOnly(params string[] names)
    {
        foreach ((string name, _) in Members())
        {
            if (!names.Contains(name))
                throw Wrong($"have no {Printable.Quoted(name)}; it may have {string.Join(", ", names)}");
        }
    }

    public IReadOnlyList<CaseNode> Items()
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong($"be an array, not {Kind}");
        return [.. value.EnumerateArray().Select((item, i) => new CaseNode(path, $"{place}[{i}]", item))];
    }

    public string Text()
    {
        if (value.ValueKind != JsonValueKind.String)
            throw Wrong($"be text, not {Kind}");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new CaseException(path, $"{Printable.Quoted(place)} isn't Unicode text", e);
        }
    }

    public bool Truth() =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong($"be true or false, not {Kind}");

    public int Int32() => IsNumber && value.TryGetInt32(out int number) ? number : throw Wrong($"be a whole number of 32 bits, not {Kind}");

    public uint UInt32() =>
        IsNumber && value.TryGetUInt32(out uint number) ? number : throw Wrong($"be a whole number of 32 bits without sign, not {Kind}");

    public long Int64() =>
        IsNumber && value.TryGetInt64(out long number) ? number : throw Wrong($"be a whole number of 64 bits, not {Kind}");

    public ulong UInt64() =>
        IsNumber && value.TryGetUInt64(out ulong number) ? number : throw Wrong($"be a whole number of 64 bits without sign, not {Kind}");

    public float Single() => IsNumber && value.TryGetSingle(out float number) && float.IsFinite(number)
        ? number : throw Wrong($"be a number that 32 bits can hold, not {Kind}");

    public double Double() => IsNumber && value.TryGetDouble(out double number) && double.IsFinite(number)
        ? number : throw Wrong($"be a number that 64 bits can hold, not {Kind}");

    private bool IsNumber => value.ValueKind == JsonValueKind.Number;

    private string Kind => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => Printable.Name(value.GetRawText()),
        var other => other.ToString().ToLowerInvariant(),
    };
}
