using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CogVideoX.Cli;

/// <summary>How <c>--json</c> prints.</summary>
internal static class JsonStyle
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The answer of a verb, once: of one that takes several things an array, however many they were.</summary>
    public static void WriteJson<T>(this Terminal terminal, T answer) =>
        terminal.Output.WriteLine(JsonSerializer.Serialize(answer, Options));
}
