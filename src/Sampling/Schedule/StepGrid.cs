namespace CogVideoX.Sampling;

/// <summary>The noise levels that a run of n steps goes through: where each step begins, and as the last of n + 1 the end.</summary>
/// <param name="Times">What the model is told at each level; at an end without noise nobody asks it.</param>
/// <param name="Alphas">ᾱ of each level, rising; never 0, so that σ is finite everywhere.</param>
internal sealed record StepGrid(double[] Times, double[] Alphas)
{
    // ᾱ in place of 0, as diffusers' schedulers have it: σ = √(2²⁴ − 1), nearly 4096.
    private const double SmallestAlpha = 1.0 / (1 << 24);

    public int Steps => Times.Length - 1;

    /// <summary>Whether the last step takes all noise away, so that the model isn't asked where it leads.</summary>
    public bool EndsClean => Alphas[^1] == 1;

    /// <summary>
    /// The evenly spaced timesteps of a schedule, each step leading to the next of them. Zero terminal SNR becomes ᾱ = 2⁻²⁴, or half of
    /// the level below where that isn't more.
    /// </summary>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public static StepGrid Of(NoiseSchedule schedule, int steps)
    {
        int[] timesteps = schedule.Timesteps(steps);
        double below = schedule.AlphasCumprod[^2];
        double smallest = below > SmallestAlpha ? SmallestAlpha : below / 2;
        return new StepGrid(
            [.. timesteps.Select(timestep => (double)timestep), 0],
            [.. timesteps.Select(timestep => Math.Max(schedule.Alpha(timestep), smallest)), schedule.Alpha(-1)]);
    }

    /// <summary>√ᾱ: how much of the clean latents there is at a level.</summary>
    public double Signal(int level) => Math.Sqrt(Alphas[level]);

    /// <summary>√(1 − ᾱ): how much noise.</summary>
    public double Noise(int level) => Math.Sqrt(1 - Alphas[level]);

    /// <summary>The levels at which the steps begin.</summary>
    public NoiseLevel[] Levels() => [.. Enumerable.Range(0, Steps).Select(step => Level(step, step))];

    /// <summary>A level as the evaluation of a run that has this index.</summary>
    public NoiseLevel Level(int level, int index) => NoiseLevel.Of(index, Times[level], Alphas[level]);
}
