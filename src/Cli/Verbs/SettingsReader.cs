using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>The settings in a file's metadata by name, read strictly: anybody may have edited them.</summary>
internal sealed class SettingsReader(IReadOnlyDictionary<string, JsonNode?> settings)
{
    private const int ShownCharacters = 60;

    /// <exception cref="FormatException">Missing, or something else; the message names the key and its value.</exception>
    public int Int(string name) =>
        Value(name, "a whole number", JsonValueKind.Number, (JsonValue value, out int number) => value.TryGetValue(out number));

    /// <inheritdoc cref="Int"/>
    public double Number(string name) =>
        Value(name, "a number", JsonValueKind.Number, (JsonValue value, out double number) => value.TryGetValue(out number));

    /// <inheritdoc cref="Int"/>
    public bool Flag(string name) =>
        Required(name) is JsonValue value && value.TryGetValue(out bool flag) ? flag : throw Wrong(name, "true or false");

    /// <inheritdoc cref="Int"/>
    public string Text(string name) =>
        Value(name, "a text", JsonValueKind.String, (JsonValue value, out string? text) => value.TryGetValue(out text))!;

    /// <summary>Null where there is none.</summary>
    /// <inheritdoc cref="Int"/>
    public string? TextOrNull(string name) => settings.TryGetValue(name, out JsonNode? node) && node is not null ? Text(name) : null;

    /// <inheritdoc cref="Int"/>
    public FrameRate Rate(string name)
    {
        try
        {
            return FrameRate.Parse(Text(name));
        }
        catch (FormatException)
        {
            throw Wrong(name, "a frame rate such as 8/1");
        }
    }

    /// <inheritdoc cref="Int"/>
    public T Named<T>(string name) where T : struct, Enum
    {
        string word = Text(name);
        foreach (T value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), word, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        throw Wrong(name, $"one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");
    }

    private delegate bool Reading<T>(JsonValue value, out T result);

    private T Value<T>(string name, string kind, JsonValueKind json, Reading<T> read) =>
        Required(name) is JsonValue value && value.GetValueKind() == json && read(value, out T result) ? result : throw Wrong(name, kind);

    private JsonNode Required(string name) =>
        settings.TryGetValue(name, out JsonNode? node) && node is not null ? node : throw new FormatException($"'{name}' is missing");

    private FormatException Wrong(string name, string kind)
    {
        string value = settings[name]!.ToJsonString(); // JSON: control characters are escaped
        string shown = value.Length > ShownCharacters ? value[..ShownCharacters] + "…" : value;
        return new FormatException($"'{name}' is {shown}, not {kind}");
    }
}
