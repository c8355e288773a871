using System.Text.Json;

namespace CogVideoX.Pipelines.Tests.Caching;

/// <summary>The reference's runs of the tiny 5b with caches and without (tests/Goldens/tasks: group <c>cache</c> of cases.json).</summary>
internal static class CacheGoldens
{
    public const string None = "cache-none", FirstBlock = "cache-first-block-0.5", FirstBlockMore = "cache-first-block-0.75",
        Pyramid = "cache-pyramid-attention-broadcast";

    public static GoldenCase Case(string name) => GoldenCase.Of(GoldenCase.Tasks, name);

    public static GenerationRequest Request(string name)
    {
        GoldenCase golden = Case(name);
        return golden.Request() with { Cache = Caching(golden) };
    }

    public static StepCaching Caching(string name) => Caching(Case(name));

    /// <summary>Whether each evaluation reused something, by the reference's record.</summary>
    public static bool[] Reused(string name)
    {
        GoldenCase golden = Case(name);
        if (golden.Find("skipped") is { } skipped)
            return [.. skipped.EnumerateArray().Select(skips => skips.GetBoolean())];
        return golden.Find("attention_computed") is { } computed
            ? [.. computed.EnumerateArray().Select(blocks => blocks.GetArrayLength() == 0)]
            : new bool[golden.Timesteps.Length];
    }

    private static StepCaching Caching(GoldenCase golden)
    {
        if (golden.Find("threshold") is { } threshold)
            return StepCaching.FirstBlock(threshold.GetDouble());
        if (golden.Find("config") is not { } config)
            return StepCaching.None;
        JsonElement range = config.GetProperty("spatial_attention_timestep_skip_range");
        return StepCaching.Pyramid(
            config.GetProperty("spatial_attention_block_skip_range").GetInt32(), range[0].GetDouble(), range[1].GetDouble());
    }
}
