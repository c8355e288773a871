namespace CogVideoX.Models.Configuration;

/// <summary>
/// The settings that the authors recommend for the checkpoints that they released (README and cli_demo.py of zai-org/CogVideo).
/// </summary>
internal static class ReleasedModels
{
    private const int HeadDim = 64; // all have it

    private static readonly GenerationConfig First = new()
    {
        Steps = 50,
        GuidanceScale = 6,
        Frames = 49,
        Height = 480,
        Width = 720,
        FramesPerSecond = 8,
        Scheduler = SchedulerKind.Dpm,
        DynamicGuidance = true,
    };

    private static readonly GenerationConfig Small = First with { Scheduler = SchedulerKind.Ddim, DynamicGuidance = false };

    private static readonly GenerationConfig Later = First with { Frames = 81, Height = 768, Width = 1360, FramesPerSecond = 16 };

    private static readonly Release[] All =
    [
        new("CogVideoX-2b", Layers: 30, Heads: 30, InChannels: 16, TemporalPatchSize: null, Small),
        new("CogVideoX-5b", Layers: 42, Heads: 48, InChannels: 16, TemporalPatchSize: null, First),
        new("CogVideoX-5b-I2V", Layers: 42, Heads: 48, InChannels: 32, TemporalPatchSize: null, First),
        new("CogVideoX1.5-5B", Layers: 42, Heads: 48, InChannels: 16, TemporalPatchSize: 2, Later),
        new("CogVideoX1.5-5B-I2V", Layers: 42, Heads: 48, InChannels: 32, TemporalPatchSize: 2, Later),
    ];

    /// <summary>What is recommended for the released model of this config; null if it is none of them.</summary>
    public static GenerationConfig? Find(TransformerConfig config) => All.FirstOrDefault(release => release.Is(config))?.Settings;

    /// <summary>The name of the released model of this config, such as <c>CogVideoX-2b</c>; null if it is none of them.</summary>
    public static string? NameOf(TransformerConfig config) => All.FirstOrDefault(release => release.Is(config))?.Name;

    /// <summary>The released models whose transformers have that width, such as <c>CogVideoX-2b</c>; null if none has.</summary>
    public static string? OfWidth(int width)
    {
        string[] names = [.. All.Where(release => release.Heads * HeadDim == width).Select(release => release.Name)];
        return names.Length == 0 ? null : string.Join(" or ", names);
    }

    private sealed record Release(string Name, int Layers, int Heads, int InChannels, int? TemporalPatchSize, GenerationConfig Settings)
    {
        public bool Is(TransformerConfig config) => config.HeadDim == HeadDim && config.OutChannels == 16
            && (config.Layers, config.Heads, config.InChannels, config.TemporalPatchSize) == (Layers, Heads, InChannels, TemporalPatchSize);
    }
}
