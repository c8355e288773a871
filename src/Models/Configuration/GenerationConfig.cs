namespace CogVideoX.Models.Configuration;

/// <summary>Settings that a checkpoint recommends (<c>generation_config.json</c>); null where it says nothing.</summary>
internal sealed record GenerationConfig
{
    /// <summary>Sampling steps.</summary>
    public int? Steps { get; init; }

    /// <summary>Weight of the guidance; 1 is none.</summary>
    public double? GuidanceScale { get; init; }

    /// <summary>Frames of the video.</summary>
    public int? Frames { get; init; }

    /// <summary>Height in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Width in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Frames a second.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>The sampler.</summary>
    public SchedulerKind? Scheduler { get; init; }

    /// <summary>Whether the guidance varies over the steps.</summary>
    public bool? DynamicGuidance { get; init; }

    /// <summary>The words that prompts may have, where a model was trained on so few that they can be listed.</summary>
    public IReadOnlyList<string>? PromptWords { get; init; }

    /// <summary>Reads and checks a <c>generation_config.json</c>.</summary>
    /// <exception cref="ConfigException">A value is of the wrong kind or absurd.</exception>
    public static GenerationConfig Read(string path) => Read(ConfigFile.Read(path));

    internal static GenerationConfig Read(ConfigFile file) => new()
    {
        Steps = file.IntOrNull("num_inference_steps", 1, 1_000_000),
        GuidanceScale = file.DoubleOrNull("guidance_scale", 0, 1000),
        Frames = file.IntOrNull("num_frames", 1, 100_000),
        Height = file.IntOrNull("height", 1, 65536),
        Width = file.IntOrNull("width", 1, 65536),
        FramesPerSecond = file.DoubleOrNull("fps", 0.01, 1000),
        Scheduler = file.Has("scheduler") ? SchedulerConfig.ReadKind(file, "scheduler") : null,
        DynamicGuidance = file.BoolOrNull("use_dynamic_cfg"),
        PromptWords = file.Has("prompt_words") ? file.Texts("prompt_words", [], 10_000) : null,
    };
}
