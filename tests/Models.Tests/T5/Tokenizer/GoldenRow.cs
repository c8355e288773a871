using System.Text.Json.Serialization;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// A row of goldens/tokenizer/cases.json.
internal sealed record GoldenRow(
    string Text,
    string Normalized,
    string[] Pieces,
    int[] Ids,
    [property: JsonPropertyName("ids_eos")] int[] IdsEos,
    [property: JsonPropertyName("padded_12")] int[] Padded12,
    [property: JsonPropertyName("padded_40")] int[] Padded40,
    string Decoded);
