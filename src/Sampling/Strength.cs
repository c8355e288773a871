namespace CogVideoX.Sampling;

/// <summary>How much of a run is done where it begins from a video rather than from noise: its last steps.</summary>
public static class Strength
{
    /// <summary>Steps that are run: steps · strength, computed in double and cut off, as the reference does.</summary>
    /// <param name="steps">Steps from pure noise.</param>
    /// <param name="strength">Above 0, up to 1, where all are run and nothing is left of the video.</param>
    /// <exception cref="SamplingException">Another strength, or one that leaves no step.</exception>
    public static int StepsToRun(int steps, double strength)
    {
        if (!(strength > 0 && strength <= 1))
        {
            throw new SamplingException(
                FormattableString.Invariant($"A strength of {strength} can't be; choose a number above 0, up to 1, such as 0.8."));
        }
        int run = (int)(steps * strength);
        if (run > 0)
            return run;
        double least = Math.Ceiling(100.0 / steps) / 100;
        string remedy = FormattableString.Invariant($"choose {least}{(least < 1 ? " or more" : "")}, or more steps.");
        throw new SamplingException(
            FormattableString.Invariant($"A strength of {strength} leaves ")
            + (steps == 1 ? $"out the only step; {remedy}" : $"none of {steps} steps; {remedy}"));
    }

    /// <summary>Which of <see cref="ISampler.Levels"/> is run first: <c>firstStep</c> of <see cref="Sampler.Run"/>.</summary>
    /// <param name="sampler">Made for all steps.</param>
    /// <param name="strength">Above 0, up to 1.</param>
    /// <exception cref="SamplingException">Another strength, or one that leaves no step.</exception>
    public static int FirstStep(ISampler sampler, double strength)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        int each = sampler.EvaluationsPerStep;
        int steps = (sampler.Levels.Count + each - 1) / each; // the last step may have fewer
        return each * (steps - StepsToRun(steps, strength));
    }
}
