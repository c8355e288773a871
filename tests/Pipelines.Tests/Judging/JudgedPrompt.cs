using System.Text.Json;
using CogVideoX.Judge;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Judging;

/// <summary>A prompt of shapes-reference/judged.json.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Expected">What it asks for.</param>
/// <param name="Read">What the reference's clip shows.</param>
public sealed record JudgedPrompt(string Text, ulong Seed, ClipReading Expected, ClipReading Read)
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<JudgedPrompt> All()
    {
        using JsonDocument judged = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("shapes-reference/judged.json")));
        return [.. judged.RootElement.GetProperty("prompts").EnumerateArray().Select(entry => new JudgedPrompt(
            entry.GetProperty("prompt").GetString()!,
            entry.GetProperty("seed").GetUInt64(),
            Reading(entry.GetProperty("expected")),
            Reading(entry.GetProperty("read"))))];
    }

    private static ClipReading Reading(JsonElement words) =>
        new(words[0].GetString()!, words[1].GetString()!, words[2].GetString()!, words[3].GetString()!);
}
