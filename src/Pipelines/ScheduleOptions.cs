using CogVideoX.Models.Configuration;
using CogVideoX.Sampling;

namespace CogVideoX.Pipelines;

/// <summary>What a checkpoint's scheduler config means to a noise schedule; what no CogVideoX uses is refused there.</summary>
internal static class ScheduleOptions
{
    public static NoiseScheduleOptions From(SchedulerConfig config) => new()
    {
        TrainSteps = config.TrainTimesteps,
        BetaStart = config.BetaStart,
        BetaEnd = config.BetaEnd,
        BetaSchedule = config.BetaSchedule switch
        {
            BetaSchedule.Linear => "linear",
            BetaSchedule.SquaredCosine => "squaredcos_cap_v2",
            _ => "scaled_linear",
        },
        SnrShiftScale = config.SnrShiftScale,
        RescaleToZeroSnr = config.RescaleBetasZeroSnr,
        TimestepSpacing = config.Spacing.ToString().ToLowerInvariant(),
        PredictionType = config.Prediction switch
        {
            PredictionType.Noise => "epsilon",
            PredictionType.Sample => "sample",
            _ => "v_prediction",
        },
        EndsWithoutNoise = config.SetAlphaToOne,
    };
}
