using System.Text.Json;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// A line of goldens/tokenizer/ties-N.jsonl: a text, and the ids that SentencePiece 0.2.3 has for it.
internal sealed record TieRow(string Text, int[] Ids)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true, RespectNullableAnnotations = true };

    public static TieRow[] Read(int vocabulary) =>
    [
        .. File.ReadLines(Path.Combine(TokenizerFolder.Path, $"ties-{vocabulary}.jsonl"))
            .Select(line => JsonSerializer.Deserialize<TieRow>(line, Options)!),
    ];
}
