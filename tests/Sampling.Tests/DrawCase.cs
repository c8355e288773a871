using System.Text.Json;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>Draws of one generator, in sequence, as tests/Goldens/rng/cases.json lists them.</summary>
internal sealed record DrawCase(ulong Seed, IReadOnlyList<Draw> Draws)
{
    /// <summary>Single draws (a fresh generator each) and sequences.</summary>
    public static IReadOnlyList<DrawCase> All()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.Path("rng/cases.json")));
        var cases = new List<DrawCase>();
        foreach (JsonElement entry in json.RootElement.EnumerateArray())
        {
            ulong seed = entry.GetProperty("seed").GetUInt64();
            if (entry.TryGetProperty("sequence", out JsonElement sequence))
                cases.Add(new DrawCase(seed, [.. sequence.EnumerateArray().Select(draw => Parse(draw, Key(draw)))]));
            else if (entry.TryGetProperty("draws", out JsonElement draws))
                cases.Add(new DrawCase(seed, [Parse(draws[0], Key(entry))]));
        }
        return cases;
    }

    private static string Key(JsonElement entry) => entry.GetProperty("key").GetString()!;

    private static Draw Parse(JsonElement draw, string key) => new(
        key,
        draw.GetProperty("kind").GetString() == "randn",
        draw.GetProperty("n").GetInt32(),
        draw.GetProperty("dtype").GetString() switch { "bfloat16" => NoiseType.BF16, "float16" => NoiseType.F16, _ => NoiseType.F32 });
}
