using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>Values of settings as text and JSON, read strictly: anybody may have edited a file.</summary>
internal static class SettingValue
{
    private const int ShownCharacters = 60;

    private delegate bool Reading<T>(JsonValue value, out T result);

    public static JsonNode ToJson(object value) => value switch
    {
        int whole => whole,
        ulong whole => whole,
        double number => number,
        bool flag => flag,
        _ => ToText(value),
    };

    /// <summary>What is written as a text in JSON, too: words in small letters, fractions.</summary>
    public static string ToText(object value) => value is Enum word ? SettingWords.Of(word) : value.ToString()!;

    /// <exception cref="FormatException">Something else than the type; the message says what would be right.</exception>
    public static object FromText(Type type, string text)
    {
        if (type == typeof(string))
            return text;
        if (type == typeof(FrameRate))
            return FrameRate.Parse(text);
        if (type == typeof(StepCaching))
            return StepCaching.Parse(text);
        if (type == typeof(bool))
            return text == "on" || (text == "off" ? false : throw Unfit("on or off"));
        if (type == typeof(int))
            return Number<int>(NumberStyles.Integer, "a whole number");
        if (type == typeof(ulong))
            return Number<ulong>(NumberStyles.None, "a whole number from 0 on");
        if (type == typeof(double))
            return Number<double>(NumberStyles.Float, "a number");
        return SettingWords.Find(type, text) ?? throw Unfit(Choice(type));

        T Number<T>(NumberStyles style, string right) where T : struct, INumber<T> =>
            T.TryParse(text, style, CultureInfo.InvariantCulture, out T number) ? number : throw Unfit(right);

        FormatException Unfit(string right) => new($"'{text}' can't be; choose {right}");
    }

    /// <exception cref="FormatException">Something else than the type; the message names the setting and the value.</exception>
    public static object FromJson(Type type, string name, JsonNode? node)
    {
        if (type == typeof(int))
            return Value(JsonValueKind.Number, "a whole number", (JsonValue value, out int whole) => value.TryGetValue(out whole));
        if (type == typeof(ulong))
            return Value(JsonValueKind.Number, "a whole number", (JsonValue value, out ulong whole) => value.TryGetValue(out whole));
        if (type == typeof(double))
            return Value(JsonValueKind.Number, "a number", (JsonValue value, out double number) => value.TryGetValue(out number));
        if (type == typeof(bool))
            return node is JsonValue flag && flag.TryGetValue(out bool isOn) ? isOn : throw Wrong("true or false");
        if (type == typeof(FrameRate) && node?.GetValueKind() == JsonValueKind.Number)
            return Rate(node.ToJsonString());
        string text = Value(JsonValueKind.String, "a text", (JsonValue value, out string? text) => value.TryGetValue(out text))!;
        if (type == typeof(FrameRate))
            return Rate(text);
        if (type == typeof(StepCaching))
            return Caching(text);
        if (type == typeof(string))
            return text;
        return SettingWords.Find(type, text) ?? throw Wrong($"one of {string.Join(", ", SettingWords.All(type))}");

        T Value<T>(JsonValueKind kind, string right, Reading<T> read) =>
            node is JsonValue value && value.GetValueKind() == kind && read(value, out T result) ? result : throw Wrong(right);

        FrameRate Rate(string rate)
        {
            try
            {
                return FrameRate.Parse(rate);
            }
            catch (FormatException)
            {
                throw Wrong("a frame rate such as 8, 29.97 or 30000/1001");
            }
        }

        StepCaching Caching(string caching)
        {
            try
            {
                return StepCaching.Parse(caching);
            }
            catch (FormatException)
            {
                throw Wrong($"a cache such as {StepCaching.Examples}");
            }
        }

        FormatException Wrong(string right)
        {
            string value = node?.ToJsonString() ?? "null"; // JSON: control characters are escaped
            string shown = value.Length > ShownCharacters ? value[..ShownCharacters] + "…" : value;
            return new FormatException($"'{name}' is {shown}, not {right}");
        }
    }

    private static string Choice(Type type)
    {
        IReadOnlyList<string> words = SettingWords.All(type);
        return $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
    }
}
