using CogVideoX.Models.Configuration;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class SchedulerConfigTests
{
    private const string Config = "checkpoints/2b/scheduler/scheduler_config.json";

    [Fact]
    public void ReadsACheckpointsConfig()
    {
        SchedulerConfig config = SchedulerConfig.Read(Golden.Path(Config));
        Assert.Equal((SchedulerKind.Ddim, 1000, 0.00085, 0.012), (config.Kind, config.TrainTimesteps, config.BetaStart, config.BetaEnd));
        Assert.Equal(
            (BetaSchedule.ScaledLinear, PredictionType.Velocity, TimestepSpacing.Trailing),
            (config.BetaSchedule, config.Prediction, config.Spacing));
        Assert.Equal(
            (3.0, true, true, false, 0),
            (config.SnrShiftScale, config.RescaleBetasZeroSnr, config.SetAlphaToOne, config.ClipSample, config.StepsOffset));
        Assert.Equal(SchedulerKind.Dpm, SchedulerConfig.Read(Golden.Path("checkpoints/5b/scheduler/scheduler_config.json")).Kind);
    }

    [Theory]
    [InlineData("_class_name", "\"EulerDiscreteScheduler\"", "\"CogVideoXDDIMScheduler\" or \"CogVideoXDPMScheduler\"")]
    [InlineData("num_train_timesteps", "0", "whole number")]
    [InlineData("num_train_timesteps", "1", "whole number from 2")]
    [InlineData("beta_start", "-1", "number from")]
    [InlineData("beta_start", "0.5", "at most beta_end")]
    [InlineData("beta_end", "1", "number from")]
    [InlineData("beta_schedule", "\"sigmoid\"", "\"linear\" or \"scaled_linear\" or \"squaredcos_cap_v2\"")]
    [InlineData("prediction_type", "\"flow\"", "\"epsilon\" or \"sample\" or \"v_prediction\"")]
    [InlineData("timestep_spacing", "\"karras\"", "\"linspace\" or \"leading\" or \"trailing\"")]
    [InlineData("snr_shift_scale", "0", "number from")]
    [InlineData("steps_offset", "-1", "whole number")]
    [InlineData("clip_sample", "\"no\"", "true or false")]
    [InlineData("trained_betas", "[0.1]", "null")]
    public void AbsurdValuesAreRefused(string key, string value, string says) =>
        ConfigText.Refused(() => SchedulerConfig.Read(ConfigText.With(Config, key, value)), key, says);

    [Theory]
    [InlineData("DDIMScheduler")]
    [InlineData("EulerDiscreteScheduler")]
    [InlineData("Nothing\\u001b[2J")]
    public void OtherSamplersAreRefusedByNameWithThoseThatThereAre(string name) => ConfigText.Refused(
        () => SchedulerConfig.Read(ConfigText.With(Config, "_class_name", $"\"{name}\"")), "_class_name",
        $"is \"{name}\"; it should be \"CogVideoXDDIMScheduler\" or \"CogVideoXDPMScheduler\"; a run may choose either sampler");

    [Fact]
    public void ASchedulerWithoutAClassIsRefused() =>
        ConfigText.Refused(
            () => SchedulerConfig.Read(ConfigText.Of("{}")), "_class_name", "is absent; it should be \"CogVideoXDDIMScheduler\"");
}
