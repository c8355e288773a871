namespace CogVideoX.Models.Configuration;

/// <summary>The <c>scheduler_config.json</c> of a checkpoint. What a file leaves out has the default of diffusers' class.</summary>
public sealed record SchedulerConfig
{
    internal const string DdimClass = "CogVideoXDDIMScheduler", DpmClass = "CogVideoXDPMScheduler";
    private const string ClassKey = "_class_name";

    /// <summary>The sampler.</summary>
    public required SchedulerKind Kind { get; init; }

    /// <summary>Steps of training.</summary>
    public required int TrainTimesteps { get; init; }

    /// <summary>β of the first step.</summary>
    public required double BetaStart { get; init; }

    /// <summary>β of the last step.</summary>
    public required double BetaEnd { get; init; }

    /// <summary>β between them.</summary>
    public required BetaSchedule BetaSchedule { get; init; }

    /// <summary>Whether the predicted clean latents are clipped to ±<see cref="ClipSampleRange"/>.</summary>
    public required bool ClipSample { get; init; }

    /// <summary>Where they are clipped.</summary>
    public required double ClipSampleRange { get; init; }

    /// <summary>Whether ᾱ after the last step is 1, rather than that of training step 0.</summary>
    public required bool SetAlphaToOne { get; init; }

    /// <summary>Added to the timesteps of <see cref="TimestepSpacing.Leading"/>.</summary>
    public required int StepsOffset { get; init; }

    /// <summary>What the transformer predicts.</summary>
    public required PredictionType Prediction { get; init; }

    /// <summary>Which training steps are sampled.</summary>
    public required TimestepSpacing Spacing { get; init; }

    /// <summary>Whether the last training step is rescaled to have no signal at all (arXiv 2305.08891).</summary>
    public required bool RescaleBetasZeroSnr { get; init; }

    /// <summary>s in ᾱ / (s + (1 − s)·ᾱ).</summary>
    public required double SnrShiftScale { get; init; }

    /// <summary>Reads and checks <c>scheduler/scheduler_config.json</c>.</summary>
    /// <exception cref="ConfigException">A value is of the wrong kind, absurd, or doesn't fit another.</exception>
    public static SchedulerConfig Read(string path) => Read(ConfigFile.Read(path));

    /// <summary>The sampler that the config itself names; null where it names none.</summary>
    internal static SchedulerKind? ReadOwnKind(ConfigFile file) => file.Has(ClassKey) ? ReadKind(file, ClassKey) : null;

    /// <summary>The sampler that a class of diffusers stands for.</summary>
    internal static SchedulerKind ReadKind(ConfigFile file, string key) => (file.Has(key) ? file.Text(key) : "") switch
    {
        DdimClass => SchedulerKind.Ddim,
        DpmClass => SchedulerKind.Dpm,
        _ => throw file.Wrong(key, $"\"{DdimClass}\" or \"{DpmClass}\"; a run may choose either sampler, whichever stands here"),
    };

    /// <param name="file">The config.</param>
    /// <param name="named">The sampler that the model's index names; it goes before <c>_class_name</c>, which may then be absent.</param>
    internal static SchedulerConfig Read(ConfigFile file, SchedulerKind? named = null)
    {
        if (file.Has("trained_betas"))
            throw file.Wrong("trained_betas", "null: β is computed from beta_start, beta_end and beta_schedule");
        var config = new SchedulerConfig
        {
            Kind = named ?? ReadKind(file, ClassKey),
            TrainTimesteps = file.Int("num_train_timesteps", 1000, 2, 1_000_000),
            BetaStart = file.Double("beta_start", 0.00085, 1e-9, 0.999),
            BetaEnd = file.Double("beta_end", 0.012, 1e-9, 0.999),
            BetaSchedule = file.Choice("beta_schedule", "scaled_linear",
                ("linear", BetaSchedule.Linear), ("scaled_linear", BetaSchedule.ScaledLinear),
                ("squaredcos_cap_v2", BetaSchedule.SquaredCosine)),
            ClipSample = file.Bool("clip_sample", true),
            ClipSampleRange = file.Double("clip_sample_range", 1, 1e-6, 1e6),
            SetAlphaToOne = file.Bool("set_alpha_to_one", true),
            StepsOffset = file.Int("steps_offset", 0, 0, 1000),
            Prediction = file.Choice("prediction_type", "epsilon",
                ("epsilon", PredictionType.Noise), ("sample", PredictionType.Sample), ("v_prediction", PredictionType.Velocity)),
            Spacing = file.Choice("timestep_spacing", "leading",
                ("linspace", TimestepSpacing.Linspace), ("leading", TimestepSpacing.Leading), ("trailing", TimestepSpacing.Trailing)),
            RescaleBetasZeroSnr = file.Bool("rescale_betas_zero_snr", false),
            SnrShiftScale = file.Double("snr_shift_scale", 3, 1e-6, 1e6),
        };
        return config.BetaStart <= config.BetaEnd ? config : throw file.Wrong("beta_start", "at most beta_end");
    }
}
