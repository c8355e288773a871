using CogVideoX.Models.Configuration;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>How a model may be sampled, and how it is where nobody says.</summary>
internal static class SamplingRules
{
    public const int DefaultSteps = 50;
    public const double DefaultGuidanceScale = 6;
    public const double DefaultStrength = 0.8;
    private const int LargestBatch = 10_000;
    private const double LargestGuidanceScale = 1000, LargestImageLatentScale = 100;

    /// <exception cref="RequestException">None, or more than the model has noise levels.</exception>
    public static void CheckSteps(string property, int steps, int trainSteps)
    {
        if (steps < 1 || steps > trainSteps)
            throw new RequestException(property, $"{steps} steps can't be taken; choose from 1 to {trainSteps}, such as {DefaultSteps}.");
    }

    /// <exception cref="RequestException">Negative, no number, or absurd.</exception>
    public static void CheckScale(string property, double scale)
    {
        if (scale is >= 0 and <= LargestGuidanceScale)
            return;
        throw new RequestException(
            property,
            FormattableString.Invariant($"{scale} isn't a guidance scale; choose from 0 to {LargestGuidanceScale}, ")
            + FormattableString.Invariant($"such as {DefaultGuidanceScale}; up to 1 it is off."));
    }

    /// <exception cref="RequestException">A sampler that can't take so many steps, or can't be used with the model.</exception>
    public static void CheckSampler(SamplerKind sampler, int steps, int trainSteps)
    {
        SamplerTable entry = SamplerTable.Of(sampler);
        if (entry.LargestSteps is not { } largest)
            return;
        if (trainSteps < largest)
        {
            throw new RequestException(
                nameof(GenerationSettings.Sampler),
                $"{entry.Word} needs a model of {largest} noise levels or more, and this one has {trainSteps}; choose another sampler.");
        }
        if (steps > largest)
        {
            throw new RequestException(
                nameof(GenerationSettings.Steps),
                $"{steps} steps can't be taken with {entry.Word}; choose from 1 to {largest}, such as 8.");
        }
    }

    /// <exception cref="RequestException">Another than above 0, up to 1, or one that leaves no step.</exception>
    public static void CheckStrength(double strength, int steps)
    {
        try
        {
            Strength.StepsToRun(steps, strength);
        }
        catch (SamplingException exception)
        {
            throw new RequestException(nameof(GenerationSettings.Strength), exception.Message, exception);
        }
    }

    /// <exception cref="RequestException">Not above 0, no number, or absurd.</exception>
    public static void CheckImageLatentScale(double scale)
    {
        if (!(scale is > 0 and <= LargestImageLatentScale))
        {
            throw new RequestException(
                nameof(GenerationSettings.ImageLatentScale),
                FormattableString.Invariant($"{scale} can't be; choose a number above 0, up to {LargestImageLatentScale}, such as 1."));
        }
    }

    /// <exception cref="RequestException">One of the two without the other, or no row of a batch.</exception>
    public static void CheckBatch(int? size, int? row)
    {
        if (size is not { } rows || row is not { } index)
        {
            string missing = size is null ? nameof(GenerationSettings.BatchSize) : nameof(GenerationSettings.BatchRow);
            throw new RequestException(missing, "it is null; a row of a batch has its number and the batch's size.");
        }
        if (rows is < 1 or > LargestBatch)
            throw new RequestException(nameof(GenerationSettings.BatchSize), $"{rows} rows can't be; choose from 1 to {LargestBatch}.");
        if (index < 0 || index >= rows)
            throw new RequestException(nameof(GenerationSettings.BatchRow), $"there is no row {index} of {rows}; they begin with 0.");
    }

    public static SamplerKind SamplerOf(SchedulerKind scheduler) => scheduler == SchedulerKind.Dpm ? SamplerKind.Dpm : SamplerKind.Ddim;

    /// <summary>The type that noise is drawn in beside weights of a type.</summary>
    public static NoiseDtype NoiseOf(DType type) =>
        type == DType.F32 ? NoiseDtype.Fp32 : type == DType.F16 ? NoiseDtype.Fp16 : NoiseDtype.Bf16;
}
