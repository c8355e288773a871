namespace CogVideoX.Sampling;

/// <summary>
/// What a <see cref="NoiseSchedule"/> is made from: the keys of a checkpoint's <c>scheduler_config.json</c>. The defaults are those
/// of the released CogVideoX checkpoints.
/// </summary>
public sealed record NoiseScheduleOptions
{
    /// <summary><c>num_train_timesteps</c>: how many noise levels the model was trained on.</summary>
    public int TrainSteps { get; init; } = 1000;

    /// <summary><c>beta_start</c>: variance that the first noise level adds.</summary>
    public double BetaStart { get; init; } = 0.00085;

    /// <summary><c>beta_end</c>: variance that the last noise level adds, before the shift and the rescaling.</summary>
    public double BetaEnd { get; init; } = 0.012;

    /// <summary><c>beta_schedule</c>: <c>scaled_linear</c>, where √β grows evenly, is the one that CogVideoX uses.</summary>
    public string BetaSchedule { get; init; } = "scaled_linear";

    /// <summary><c>snr_shift_scale</c>: 3 for the 2B model, 1 (no shift) for the others.</summary>
    public double SnrShiftScale { get; init; } = 1;

    /// <summary><c>rescale_betas_zero_snr</c>: the last level is pure noise (arXiv 2305.08891, algorithm 1).</summary>
    public bool RescaleToZeroSnr { get; init; } = true;

    /// <summary><c>timestep_spacing</c>: <c>trailing</c> (arXiv 2305.08891, table 2) is the one that CogVideoX uses.</summary>
    public string TimestepSpacing { get; init; } = "trailing";

    /// <summary><c>prediction_type</c>: <c>v_prediction</c> (arXiv 2202.00512) is the one that CogVideoX uses.</summary>
    public string PredictionType { get; init; } = "v_prediction";

    /// <summary><c>set_alpha_to_one</c>: the last step ends without noise rather than at level 0.</summary>
    public bool EndsWithoutNoise { get; init; } = true;

    /// <exception cref="SamplingException">A value that no schedule can have, or that isn't supported.</exception>
    internal void Check()
    {
        Require(TrainSteps is >= 2 and <= 1_000_000, "num_train_timesteps", TrainSteps, "2 to 1,000,000");
        Require(BetaStart is > 0 and < 1, "beta_start", BetaStart, "a number between 0 and 1");
        Require(BetaEnd > BetaStart && BetaEnd < 1, "beta_end", BetaEnd, "a number between beta_start and 1");
        Require(SnrShiftScale > 0 && double.IsFinite(SnrShiftScale), "snr_shift_scale", SnrShiftScale, "a positive number");
        Require(BetaSchedule == "scaled_linear", "beta_schedule", BetaSchedule, "scaled_linear");
        Require(TimestepSpacing == "trailing", "timestep_spacing", TimestepSpacing, "trailing");
        Require(PredictionType == "v_prediction", "prediction_type", PredictionType, "v_prediction");
    }

    private static void Require(bool holds, string key, object value, string needed)
    {
        if (!holds)
            throw new SamplingException($"scheduler_config.json: {key} is {value}; it must be {needed}.");
    }
}
