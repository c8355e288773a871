using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// Decides what a request leaves open: the request, else the folder's <c>generation_config.json</c>, else what is known of the released
/// models, else the checkpoint's own configs; and checks what can be checked from them.
/// </summary>
internal static class RequestResolver
{
    /// <exception cref="RequestException">Something that this model can't do; the message says what it can.</exception>
    public static GenerationSettings Resolve(GenerationSettings request, LoadedModel model)
    {
        GenerationSettings settings = Merge(request, model.Folder);
        foreach (Setting setting in GenerationSettings.All)
            settings = setting.Decide(settings, model);
        return settings;
    }

    /// <summary>The frame rate that videos of a checkpoint are meant to be seen at.</summary>
    /// <exception cref="RequestException">The checkpoint recommends one that no file can hold.</exception>
    public static FrameRate RateOf(ModelFolder folder) => Merge(new GenerationSettings(), folder).Rate ?? GenerationSettings.DefaultRate;

    private static GenerationSettings Merge(GenerationSettings request, ModelFolder folder)
    {
        GenerationSettings settings = new GenerationSettings().Or(request);
        foreach (GenerationConfig? known in Recommended(folder))
        {
            if (known is not null)
                settings = settings.Or(SettingsOf(known, settings));
        }
        return settings;
    }

    // What the folder itself says about how to use it, then the table of released models.
    private static GenerationConfig?[] Recommended(ModelFolder folder) => [folder.Generation, ReleasedModels.Find(folder.Transformer)];

    private static GenerationSettings SettingsOf(GenerationConfig known, GenerationSettings given) => new()
    {
        Steps = known.Steps,
        GuidanceScale = known.GuidanceScale,
        Frames = known.Frames,
        Height = known.Height,
        Width = known.Width,
        Rate = given.Rate is null && known.FramesPerSecond is { } rate ? Rate(rate) : null, // one that isn't used may be however odd
        Sampler = known.Scheduler is { } scheduler ? SamplingRules.SamplerOf(scheduler) : null,
        DynamicGuidance = known.DynamicGuidance,
    };

    private static FrameRate Rate(double framesPerSecond)
    {
        try
        {
            return FrameRate.FromDouble(framesPerSecond);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new RequestException(
                nameof(GenerationSettings.Rate),
                FormattableString.Invariant($"this model recommends {framesPerSecond} frames a second, which no file can hold; ")
                + "choose a rate such as 8 or 29.97.",
                exception);
        }
    }
}
