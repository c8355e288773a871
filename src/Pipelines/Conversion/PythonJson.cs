using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>JSON as <c>json.dumps(value, indent=2, sort_keys=True)</c> of Python writes it, which is how configs are written.</summary>
internal static class PythonJson
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Objects are dictionaries; lists are of texts; numbers are <see cref="int"/>, <see cref="long"/>, <see cref="double"/>.
    /// </summary>
    public static string Text(IReadOnlyDictionary<string, object?> value)
    {
        var text = new StringBuilder();
        Append(text, value, "");
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value, string indent)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> members:
                IEnumerable<KeyValuePair<string, object?>> sorted = members.OrderBy(member => member.Key, StringComparer.Ordinal);
                AppendAll(text, '{', '}', indent, sorted, (member, inner) =>
                {
                    text.Append(JsonSerializer.Serialize(member.Key, Plain)).Append(": ");
                    Append(text, member.Value, inner);
                });
                break;
            case IReadOnlyList<string> items:
                AppendAll(text, '[', ']', indent, items, (item, inner) => Append(text, item, inner));
                break;
            default:
                text.Append(Scalar(value));
                break;
        }
    }

    private static void AppendAll<T>(
        StringBuilder text, char open, char close, string indent, IEnumerable<T> items, Action<T, string> append)
    {
        string inner = indent + "  ", separator = "\n" + inner;
        text.Append(open);
        foreach (T item in items)
        {
            text.Append(separator);
            append(item, inner);
            separator = ",\n" + inner;
        }
        if (separator[0] == ',')
            text.Append('\n').Append(indent);
        text.Append(close);
    }

    private static string Scalar(object? value) => value switch
    {
        null => "null",
        true => "true",
        false => "false",
        string words => JsonSerializer.Serialize(words, Plain),
        double number => Number(number.ToString("R", CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // A float of Python has a point or an exponent.
    private static string Number(string digits) => digits.Contains('E', StringComparison.Ordinal)
        ? digits.ToLowerInvariant()
        : digits.Contains('.', StringComparison.Ordinal) ? digits : digits + ".0";
}
