using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// How much of a clean video x₀ and how much noise ε the latents of each timestep hold: x_t = √ᾱ_t·x₀ + √(1−ᾱ_t)·ε, from
/// t = 0,
/// nearly clean, to t = <see cref="TrainSteps"/> − 1, pure noise. Coefficients are computed in double.
/// </summary>
public sealed class NoiseSchedule
{
    private readonly double[] alphasCumprod;
    private readonly double finalAlpha;

    /// <exception cref="SamplingException">An option has a value that no schedule can have, or that isn't supported.</exception>
    public NoiseSchedule(NoiseScheduleOptions options)
    {
        options.Check();
        alphasCumprod = CumulativeAlphas(options);
        ShiftSnr(alphasCumprod, options.SnrShiftScale);
        if (options.RescaleToZeroSnr)
            RescaleToZeroSnr(alphasCumprod);
        finalAlpha = options.EndsWithoutNoise ? 1 : alphasCumprod[0];
    }

    /// <summary>How many noise levels there are.</summary>
    public int TrainSteps => alphasCumprod.Length;

    /// <summary>ᾱ_t of each timestep, falling.</summary>
    public ReadOnlySpan<double> AlphasCumprod => alphasCumprod;

    /// <summary>ᾱ of a timestep; of a negative one, that at which sampling ends.</summary>
    /// <exception cref="SamplingException">No such timestep.</exception>
    public double Alpha(int timestep)
    {
        if (timestep >= TrainSteps)
            throw new SamplingException($"There is no timestep {timestep}: the model was trained on 0 to {TrainSteps - 1}.");
        return timestep < 0 ? finalAlpha : alphasCumprod[timestep];
    }

    /// <summary>
    /// The timesteps that a run of <paramref name="steps"/> steps visits, falling from <see cref="TrainSteps"/> − 1, evenly spaced
    /// and rounded ("trailing", arXiv 2305.08891, table 2).
    /// </summary>
    /// <remarks>The reference adds a timestep −1 at some counts (61, 103, …), where its float range overshoots; this doesn't.</remarks>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public int[] Timesteps(int steps)
    {
        CheckSteps(steps);
        // The difference of two rounded numbers, as the reference's range takes it: it decides which way ties round.
        double stride = TrainSteps - (double)TrainSteps / steps - TrainSteps;
        var timesteps = new int[steps];
        for (int i = 0; i < steps; i++)
            timesteps[i] = (int)Math.Round(TrainSteps + i * stride, MidpointRounding.ToEven) - 1;
        return timesteps;
    }

    /// <summary>The noise levels of a run that visits these timesteps.</summary>
    internal NoiseLevel[] Levels(int[] timesteps)
    {
        var levels = new NoiseLevel[timesteps.Length];
        for (int i = 0; i < levels.Length; i++)
            levels[i] = NoiseLevel.Of(i, timesteps[i], Alpha(timesteps[i]));
        return levels;
    }

    /// <summary>The timestep that a step of a run leads to, negative at the end.</summary>
    /// <remarks>
    /// Where <paramref name="steps"/> doesn't divide <see cref="TrainSteps"/> this isn't quite the next one of
    /// <see cref="Timesteps"/>; the released reference computes it so, and the numbers follow it.
    /// </remarks>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public int TimestepAfter(int timestep, int steps)
    {
        CheckSteps(steps);
        return timestep - TrainSteps / steps;
    }

    /// <summary>x₀ = √ᾱ·x − √(1−ᾱ)·v: the clean latents that a v-prediction means (arXiv 2202.00512, appendix D).</summary>
    /// <param name="ops">Where to compute.</param>
    /// <param name="x">Latents at <paramref name="timestep"/>.</param>
    /// <param name="v">The model's output for them, of the same shape.</param>
    /// <param name="timestep">Their noise level.</param>
    public Tensor Clean(Ops ops, Tensor x, Tensor v, int timestep)
    {
        (float signal, float noise) = Parts(timestep);
        return ops.LinearCombination((signal, x), (-noise, v));
    }

    /// <summary>x = √ᾱ·x₀ + √(1−ᾱ)·ε: clean latents brought to a noise level.</summary>
    public Tensor AddNoise(Ops ops, Tensor clean, Tensor noise, int timestep)
    {
        (float signal, float deviation) = Parts(timestep);
        return ops.LinearCombination((signal, clean), (deviation, noise));
    }

    /// <summary>v = √ᾱ·ε − √(1−ᾱ)·x₀: what the model should predict there (arXiv 2202.00512, appendix D).</summary>
    public Tensor Velocity(Ops ops, Tensor clean, Tensor noise, int timestep)
    {
        (float signal, float deviation) = Parts(timestep);
        return ops.LinearCombination((signal, noise), (-deviation, clean));
    }

    private (float Signal, float Noise) Parts(int timestep)
    {
        double alpha = Alpha(timestep);
        return ((float)Math.Sqrt(alpha), (float)Math.Sqrt(1 - alpha));
    }

    private void CheckSteps(int steps)
    {
        if (steps < 1 || steps > TrainSteps)
            throw new SamplingException($"{steps} steps can't be taken: choose 1 to {TrainSteps}, as many as the model has noise levels.");
    }

    private static double[] CumulativeAlphas(NoiseScheduleOptions options)
    {
        var alphas = new double[options.TrainSteps];
        double first = Math.Sqrt(options.BetaStart);
        double stride = (Math.Sqrt(options.BetaEnd) - first) / (options.TrainSteps - 1);
        double product = 1;
        for (int i = 0; i < alphas.Length; i++)
        {
            double root = first + i * stride;
            product *= 1 - root * root;
            alphas[i] = product;
        }
        return alphas;
    }

    // The signal-to-noise ratio ᾱ/(1−ᾱ), divided by the scale.
    private static void ShiftSnr(Span<double> alphas, double scale)
    {
        foreach (ref double alpha in alphas)
            alpha /= scale + (1 - scale) * alpha;
    }

    // arXiv 2305.08891, algorithm 1: √ᾱ is shifted so that it ends at 0, and stretched so that it begins where it did.
    private static void RescaleToZeroSnr(Span<double> alphas)
    {
        double first = Math.Sqrt(alphas[0]), last = Math.Sqrt(alphas[^1]);
        foreach (ref double alpha in alphas)
        {
            double root = (Math.Sqrt(alpha) - last) * (first / (first - last));
            alpha = root * root;
        }
    }
}
