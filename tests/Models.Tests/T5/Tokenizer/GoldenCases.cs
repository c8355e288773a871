using System.Text.Json;
using System.Text.Json.Serialization;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// goldens/tokenizer/cases.json.
internal sealed record GoldenCases(
    [property: JsonPropertyName("vocab_size")] int VocabularySize,
    int Pad,
    int Eos,
    int Unk,
    GoldenRow[] Cases)
{
    public static GoldenCases Read()
    {
        var options = new JsonSerializerOptions { PropertyNameCaseInsensitive = true, RespectNullableAnnotations = true };
        string json = File.ReadAllText(Path.Combine(TokenizerFolder.Path, "cases.json"));
        return JsonSerializer.Deserialize<GoldenCases>(json, options)!;
    }
}
