using System.Text.Json;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Caching;

/// <summary>The reference's runs of the tiny 5b with caches and without (tests/Goldens/tasks: group <c>cache</c> of cases.json).</summary>
internal static class CacheGoldens
{
    public const string None = "cache-none", FirstBlock = "cache-first-block-0.5", FirstBlockMore = "cache-first-block-0.75",
        Pyramid = "cache-pyramid-attention-broadcast";

    public static JsonElement Case(string name)
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("tasks/cases.json")));
        return cases.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name).Clone();
    }

    public static GenerationRequest Request(string name)
    {
        JsonElement golden = Case(name);
        return new GenerationRequest(golden.GetProperty("prompt").GetString()!)
        {
            Seed = golden.GetProperty("seed").GetUInt64(),
            Steps = golden.GetProperty("num_inference_steps").GetInt32(),
            GuidanceScale = golden.GetProperty("guidance_scale").GetDouble(),
            Frames = golden.GetProperty("num_frames").GetInt32(),
            Height = golden.GetProperty("height").GetInt32(),
            Width = golden.GetProperty("width").GetInt32(),
            DynamicGuidance = false,
            Sampler = SamplerKind.Ddim,
            Cache = Caching(golden),
        };
    }

    public static StepCaching Caching(string name) => Caching(Case(name));

    /// <summary>Whether each evaluation reused something, by the reference's record.</summary>
    public static bool[] Reused(string name)
    {
        JsonElement golden = Case(name);
        if (golden.TryGetProperty("skipped", out JsonElement skipped))
            return [.. skipped.EnumerateArray().Select(skips => skips.GetBoolean())];
        return golden.TryGetProperty("attention_computed", out JsonElement computed)
            ? [.. computed.EnumerateArray().Select(blocks => blocks.GetArrayLength() == 0)]
            : [.. golden.GetProperty("timesteps").EnumerateArray().Select(_ => false)];
    }

    private static StepCaching Caching(JsonElement golden)
    {
        if (golden.TryGetProperty("threshold", out JsonElement threshold))
            return StepCaching.FirstBlock(threshold.GetDouble());
        if (!golden.TryGetProperty("config", out JsonElement config))
            return StepCaching.None;
        JsonElement range = config.GetProperty("spatial_attention_timestep_skip_range");
        return StepCaching.Pyramid(
            config.GetProperty("spatial_attention_block_skip_range").GetInt32(), range[0].GetDouble(), range[1].GetDouble());
    }
}
