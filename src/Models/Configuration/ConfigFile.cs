using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// A config as a JSON object whose values are read strictly: a value of another kind, or outside the limits, is an error that names it.
/// Keys that aren't asked for are no error, since training and other libraries keep theirs there.
/// </summary>
internal sealed class ConfigFile
{
    private const long MaxBytes = 1 << 20;
    private const int MaxDepth = 16, LongestValue = 80;
    private readonly Dictionary<string, JsonElement> values = [];
    private readonly HashSet<string> asked = [];

    private ConfigFile(string path, JsonElement root)
    {
        Path = path;
        foreach (JsonProperty property in root.EnumerateObject())
            values.Add(property.Name, property.Value.Clone());
    }

    public string Path { get; }

    /// <summary>Keys that have a value and that nobody asked for, but for those of the libraries' own bookkeeping.</summary>
    public IEnumerable<string> Unread => values.Where(entry => entry.Value.ValueKind != JsonValueKind.Null).Select(entry => entry.Key)
        .Where(key => !asked.Contains(key) && !key.StartsWith('_'));

    /// <exception cref="ConfigException">No such file, or no JSON object.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            using JsonDocument json = StrictJson.Read(path, MaxBytes, MaxDepth);
            return Of(path, json);
        }
        catch (FormatException exception)
        {
            throw new ConfigException($"{path} {exception.Message}", exception);
        }
    }

    /// <summary>Reads JSON text; <paramref name="path"/> stands in messages.</summary>
    /// <exception cref="ConfigException">No JSON object.</exception>
    public static ConfigFile Parse(string path, ReadOnlyMemory<byte> text)
    {
        try
        {
            using JsonDocument json = StrictJson.Parse(text, MaxDepth);
            return Of(path, json);
        }
        catch (FormatException exception)
        {
            throw new ConfigException($"{path} {exception.Message}", exception);
        }
    }

    /// <summary>Every key, in the order of the file.</summary>
    public IEnumerable<string> Names => values.Keys;

    public bool Has(string key) => TryGet(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public int Int(string key, int absent, int min, int max)
    {
        if (!TryGet(key, out JsonElement value))
            return absent;
        string right = string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= min && number <= max
            ? number
            : throw Wrong(key, right);
    }

    public int? IntOrNull(string key, int min, int max) => Has(key) ? Int(key, 0, min, max) : null;

    public double Double(string key, double absent, double min, double max)
    {
        if (!TryGet(key, out JsonElement value))
            return absent;
        string right = string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}");
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= min && number <= max
            ? number
            : throw Wrong(key, right);
    }

    public double? DoubleOrNull(string key, double min, double max) => Has(key) ? Double(key, 0, min, max) : null;

    public bool Bool(string key, bool absent)
    {
        if (!TryGet(key, out JsonElement value))
            return absent;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(key, "true or false");
    }

    public bool? BoolOrNull(string key) => Has(key) ? Bool(key, false) : null;

    public string Text(string key)
    {
        if (!TryGet(key, out JsonElement value))
            throw new ConfigException($"{Path} has no '{key}'. Download it again.");
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(key, "a text");
    }

    /// <summary>A text that nothing hangs on: null where there is none.</summary>
    public string? TextOrNull(string key) =>
        TryGet(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>One of some words, as the value that it stands for.</summary>
    public T Choice<T>(string key, string absent, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        string word = TryGet(key, out _) ? Text(key) : absent;
        foreach ((string known, T value) in choices)
        {
            if (known == word)
                return value;
        }
        string[] words = new string[choices.Length];
        for (int i = 0; i < words.Length; i++)
            words[i] = $"\"{choices[i].Word}\"";
        throw Wrong(key, string.Join(" or ", words));
    }

    public int[] Ints(string key, int[] absent, int min, int max, int maxCount)
    {
        if (!TryGet(key, out JsonElement value))
            return absent;
        bool isList = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() >= 1 && value.GetArrayLength() <= maxCount;
        return isList && value.EnumerateArray().All(IsRight)
            ? [.. value.EnumerateArray().Select(item => item.GetInt32())]
            : throw Wrong(key, $"a list of 1 to {maxCount} whole numbers from {min} to {max}");

        bool IsRight(JsonElement item) =>
            item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) && number >= min && number <= max;
    }

    /// <summary>A list of so many numbers.</summary>
    public double[] Doubles(string key, int count, double min, double max)
    {
        return TryGet(key, out JsonElement value) && AreNumbers(value, count, min, max)
            ? DoublesOf(value)
            : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a list of {count} numbers from {min} to {max}"));
    }

    /// <summary>A list of so many lists of so many numbers.</summary>
    public double[][] DoubleRows(string key, int rows, int count, double min, double max)
    {
        bool isRight = TryGet(key, out JsonElement value) && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == rows
            && value.EnumerateArray().All(row => AreNumbers(row, count, min, max));
        return isRight
            ? [.. value.EnumerateArray().Select(DoublesOf)]
            : throw Wrong(
                key, string.Create(CultureInfo.InvariantCulture, $"{rows} lists of {count} numbers from {min} to {max} each"));
    }

    /// <summary>The numbers of an object by their names, in its order; none where it is absent or null.</summary>
    public IReadOnlyList<(string Name, double Value)> Numbers(string key, double min, double max, int maxCount)
    {
        if (!Has(key))
            return [];
        JsonElement value = values[key];
        bool isObject = value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() <= maxCount;
        return isObject && value.EnumerateObject().All(property => IsNumber(property.Value, min, max))
            ? [.. value.EnumerateObject().Select(property => (property.Name, property.Value.GetDouble()))]
            : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"an object of at most {maxCount} numbers from {min} to {max}"));
    }

    /// <summary>The items of a list of texts.</summary>
    public string[] Texts(string key, string[] absent, int maxCount)
    {
        if (!TryGet(key, out JsonElement value))
            return absent;
        bool isList = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= maxCount;
        return isList && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw Wrong(key, $"a list of at most {maxCount} texts");
    }

    /// <summary>A list of two texts, either of which may be null; null where the value is anything else.</summary>
    public (string? First, string? Second)? TextPairOrNull(string key)
    {
        if (!TryGet(key, out JsonElement value) || value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2)
            return null;
        return value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String or JsonValueKind.Null)
            ? (value[0].GetString(), value[1].GetString())
            : null;
    }

    /// <summary>An error about a value; <paramref name="right"/> says what would be right.</summary>
    public ConfigException Wrong(string key, string right)
    {
        string value = values.TryGetValue(key, out JsonElement element) ? Quoted.Line(Compact(element), LongestValue) : "absent";
        return new ConfigException($"{Path}: '{key}' is {value}; it should be {right}.");
    }

    private bool TryGet(string key, out JsonElement value)
    {
        asked.Add(key);
        return values.TryGetValue(key, out value);
    }

    private static bool IsNumber(JsonElement value, double min, double max) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= min && number <= max;

    private static bool AreNumbers(JsonElement value, int count, double min, double max) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == count
        && value.EnumerateArray().All(item => IsNumber(item, min, max));

    private static double[] DoublesOf(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetDouble())];

    private static ConfigFile Of(string path, JsonDocument json) => json.RootElement.ValueKind == JsonValueKind.Object
        ? new ConfigFile(path, json.RootElement)
        : throw new ConfigException($"{path} is a JSON {json.RootElement.ValueKind}, not an object. Download it again.");

    // A list of the file may be spread over lines.
    private static string Compact(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))
            return value.GetRawText();
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            value.WriteTo(json);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
