using System.Text.Json;
using System.Text.Unicode;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// Reads a header in one pass, straight from the mapped bytes. It trusts nothing: a name given twice, which JSON libraries let the
/// last one win, could hide a tensor from one reader and show it to another.
/// </summary>
internal ref struct HeaderParser
{
    // {"name": {"shape": [ is three deep; more is an attempt to exhaust a stack.
    private const int MaxDepth = 4;

    private readonly string path;
    private readonly List<SafetensorsEntry> entries = [];
    private readonly Dictionary<string, string> metadata = [];
    private Utf8JsonReader json;

    private HeaderParser(string path, ReadOnlySpan<byte> header)
    {
        this.path = path;
        json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    /// <exception cref="SafetensorsException">Not a header.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> header)
    {
        var parser = new HeaderParser(path, header);
        if (!Utf8.IsValid(header))
            throw parser.Bad("the header isn't UTF-8");
        try
        {
            return parser.ReadHeader();
        }
        catch (JsonException exception)
        {
            string problem = $"byte {exception.BytePositionInLine}: {StrictJson.Describe(exception)}";
            throw parser.Bad($"the header isn't JSON that the format allows ({problem})");
        }
    }

    private SafetensorsHeader ReadHeader()
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw Bad($"the header is a JSON {json.TokenType}, not an object");
        var names = new HashSet<string>();
        while (ReadName() is string name)
        {
            if (!names.Add(name))
                throw Bad($"the header has {Quoted.Name(name)} twice");
            if (!TensorName.IsAllowed(name))
                throw Bad($"a tensor is called {Quoted.Name(name)}; {TensorName.Rule}");
            if (name == SafetensorsHeader.MetadataKey)
                ReadMetadata();
            else
                entries.Add(ReadEntry(name));
        }
        json.Read();                            // throws if anything but white space follows
        return new SafetensorsHeader(entries, metadata);
    }

    private void ReadMetadata()
    {
        Expect(JsonTokenType.StartObject, SafetensorsHeader.MetadataKey);
        while (ReadName() is string key)
        {
            Expect(JsonTokenType.String, $"{SafetensorsHeader.MetadataKey}.{key}");
            if (!metadata.TryAdd(key, Text()))
                throw Bad($"{SafetensorsHeader.MetadataKey} has {Quoted.Name(key)} twice");
        }
    }

    private SafetensorsEntry ReadEntry(string name)
    {
        DType? type = null;
        Shape? shape = null;
        (long Begin, long End)? range = null;
        Expect(JsonTokenType.StartObject, name);
        while (ReadName() is string key)
        {
            bool first = key switch
            {
                "dtype" => Set(ref type, ReadType(name)),
                "shape" => Set(ref shape, ReadShape(name)),
                "data_offsets" => Set(ref range, ReadRange(name)),
                _ => throw Bad($"tensor {Quoted.Name(name)} has the unknown property {Quoted.Name(key)}"),
            };
            if (!first)
                throw Bad($"tensor {Quoted.Name(name)} has '{key}' twice");
        }
        if (type is null || shape is null || range is null)
            throw Bad($"tensor {Quoted.Name(name)} lacks '{(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}'");
        return Checked(new SafetensorsEntry(name, type.Value, shape.Value, range.Value.Begin, range.Value.End));
    }

    private readonly SafetensorsEntry Checked(SafetensorsEntry entry)
    {
        Int128 bytes = (Int128)entry.Shape.Count * entry.Type.Size;
        if (bytes > long.MaxValue)
            throw Bad($"tensor {Quoted.Name(entry.Name)} {entry.Type} {entry.Shape} has more bytes than 64 bits can count");
        if (entry.Begin < 0 || entry.Begin > entry.End)
            throw Bad($"tensor {Quoted.Name(entry.Name)} has the impossible data_offsets [{entry.Begin}, {entry.End}]");
        if (entry.Bytes != bytes)
        {
            throw Bad(
                $"tensor {Quoted.Name(entry.Name)} {entry.Type} {entry.Shape} needs {bytes} bytes, its data_offsets [{entry.Begin}, "
                    + $"{entry.End}] span {entry.Bytes}");
        }
        return entry;
    }

    private DType ReadType(string name)
    {
        Expect(JsonTokenType.String, $"{name}.dtype");
        string text = Text();
        return DType.TryParse(text, out DType type)
            ? type
            : throw Bad(
                $"tensor {Quoted.Name(name)} has the unknown dtype {Quoted.Name(text)} (known: {string.Join(", ", DType.All)})",
                "Convert it to one of these types.");
    }

    private Shape ReadShape(string name)
    {
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        int rank = 0;
        Expect(JsonTokenType.StartArray, $"{name}.shape");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (rank == Shape.MaxRank)
                throw Bad($"tensor {Quoted.Name(name)} has more than {Shape.MaxRank} dimensions");
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt32(out int size) || size < 0)
            {
                throw Bad(
                    $"tensor {Quoted.Name(name)} has {Quoted.Json(json.ValueSpan)} as the size of dimension {rank}; sizes are whole "
                        + $"numbers from 0 to {int.MaxValue}");
            }
            sizes[rank++] = size;
        }
        try
        {
            return new Shape(sizes[..rank]);
        }
        catch (TensorException)
        {
            throw Bad(
                $"tensor {Quoted.Name(name)} has the shape [{string.Join(", ", sizes[..rank].ToArray())}], whose number of elements "
                    + "overflows 64 bits");
        }
    }

    private (long Begin, long End) ReadRange(string name)
    {
        Expect(JsonTokenType.StartArray, $"{name}.data_offsets");
        long begin = ReadOffset(name), end = ReadOffset(name);
        json.Read();
        return json.TokenType == JsonTokenType.EndArray
            ? (begin, end)
            : throw Bad($"tensor {Quoted.Name(name)} has more than two data_offsets");
    }

    private long ReadOffset(string name)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long offset)
            ? offset
            : throw Bad($"tensor {Quoted.Name(name)} has {Quoted.Json(json.ValueSpan)} among its data_offsets; they are two whole numbers");
    }

    private string? ReadName()
    {
        json.Read();
        return json.TokenType == JsonTokenType.PropertyName ? Text() : null;
    }

    private string Text() =>
        StrictJson.TextOf(ref json) ?? throw Bad($"{Quoted.Json(json.ValueSpan)} holds half of a character (a lone surrogate)");

    private void Expect(JsonTokenType token, string what)
    {
        json.Read();
        if (json.TokenType != token)
            throw Bad($"{Quoted.Name(what)} is a JSON {json.TokenType}, not a {token}");
    }

    private static bool Set<T>(ref T? target, T value) where T : struct
    {
        bool first = target is null;
        target = value;
        return first;
    }

    private readonly SafetensorsException Bad(string problem, string remedy = "Download the file again, or write it anew.") =>
        new($"{path}: {problem}. {remedy}");
}
