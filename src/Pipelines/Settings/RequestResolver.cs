using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// Decides what a request leaves open: the request, else the folder's <c>generation_config.json</c>, else what is known of the released
/// models, else the checkpoint's own configs; and checks what can be checked from them.
/// </summary>
internal static class RequestResolver
{
    private static readonly string[] VideoSettings =
    [
        nameof(GenerationSettings.Width), nameof(GenerationSettings.Height), nameof(GenerationSettings.Frames),
        nameof(GenerationSettings.Rate),
    ];

    /// <exception cref="RequestException">Something that this model can't do; the message says what it can.</exception>
    /// <exception cref="ModelException">The same where nobody asked for it but the folder itself; the message names the file.</exception>
    public static GenerationSettings Resolve(GenerationSettings request, LoadedModel model)
    {
        GenerationSettings settings = Merge(request, model.Folder);
        bool hasEmbeddings = request is GenerationRequest { GivenText: not null };
        foreach (Setting setting in GenerationSettings.All.Where(setting => !hasEmbeddings || setting.Property != nameof(request.Prompt)))
            settings = Decide(setting, settings, request, model);
        SamplingRules.CheckSampler(settings.Sampler.Decided(), settings.Steps.Decided(), model.Folder.Scheduler.TrainTimesteps);
        return settings with { Frames = LatentShapes.FramesFrom(settings.Frames.Decided(), model.Folder) };
    }

    /// <summary>The same of width, height, frames and rate alone, for a video that isn't made but read.</summary>
    /// <inheritdoc cref="Resolve"/>
    public static GenerationSettings ResolveVideo(GenerationSettings request, LoadedModel model)
    {
        GenerationSettings settings = Merge(request, model.Folder);
        foreach (Setting setting in GenerationSettings.All.Where(setting => VideoSettings.Contains(setting.Property)))
            settings = Decide(setting, settings, request, model);
        return settings;
    }

    /// <summary>The frame rate that videos of a checkpoint are meant to be seen at.</summary>
    /// <exception cref="ModelException">The checkpoint recommends one that no file can hold.</exception>
    public static FrameRate RateOf(ModelFolder folder) => Merge(new GenerationSettings(), folder).Rate ?? GenerationSettings.DefaultRate;

    private static GenerationSettings Merge(GenerationSettings request, ModelFolder folder)
    {
        GenerationSettings settings = new GenerationSettings().Or(request);
        foreach (GenerationConfig? known in Recommended(folder))
        {
            if (known is not null)
                settings = settings.Or(SettingsOf(known, settings, folder));
        }
        return settings;
    }

    // What the folder itself says about how to use it, then the table of released models.
    private static GenerationConfig?[] Recommended(ModelFolder folder) => [folder.Generation, ReleasedModels.Find(folder.Transformer)];

    private static GenerationSettings SettingsOf(GenerationConfig known, GenerationSettings given, ModelFolder folder) => new()
    {
        Steps = known.Steps,
        GuidanceScale = known.GuidanceScale,
        Frames = known.Frames,
        Height = known.Height,
        Width = known.Width,
        // One that isn't used may be however odd.
        Rate = given.Rate is null && known.FramesPerSecond is { } rate ? Rate(rate, folder) : null,
        Sampler = known.Scheduler is { } scheduler ? SamplingRules.SamplerOf(scheduler) : null,
        DynamicGuidance = known.DynamicGuidance,
    };

    private static FrameRate Rate(double framesPerSecond, ModelFolder folder)
    {
        try
        {
            return FrameRate.FromDouble(framesPerSecond);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new ModelException(
                FormattableString.Invariant($"{folder.GenerationFile}: 'fps' is {framesPerSecond}, which no file can hold; ")
                + "write a rate such as 8 or 29.97 there, or give one yourself.",
                exception);
        }
    }

    // A default that can't be is no fault of who asked: it is told of the file that it stands in.
    private static GenerationSettings Decide(Setting setting, GenerationSettings settings, GenerationSettings request, LoadedModel model)
    {
        try
        {
            return setting.Decide(settings, model);
        }
        catch (RequestException exception) when (setting.Of(request) is null && setting.Default is not null)
        {
            ModelFolder folder = model.Folder;
            bool isRecommended = folder.Generation is { } own && setting.Of(SettingsOf(own, settings, folder)) is not null;
            string source = isRecommended ? $"{folder.GenerationFile}: what it recommends" : $"{folder.Path}: the default of its configs";
            throw new ModelException(
                $"{source} for '{setting.Name}' can't be: {exception.Problem} Mend it there, or give another yourself.", exception);
        }
    }
}
