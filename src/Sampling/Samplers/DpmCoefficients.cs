namespace CogVideoX.Sampling;

/// <summary>
/// The factors of one step of DPM-Solver++ with data prediction (arXiv 2211.01095, section 4 and appendix A), in double:
/// x' = Latents·x + Clean·D + Noise·ε, with D = x₀ in first order, (1 + Back)·x₀ − Back·x₀(before) in second.
/// </summary>
/// <param name="Latents">σ'/σ, and with noise · e^(−h)</param>
/// <param name="Clean">√ᾱ' · (1 − e^(−h)), with noise √ᾱ' · (1 − e^(−2h))</param>
/// <param name="Noise">σ' · √(1 − e^(−2h)); 0 without noise</param>
/// <param name="Back">1 / 2r, with r the ratio of the step before, in λ, to this one; 0 without a step before.</param>
internal readonly record struct DpmCoefficients(double Latents, double Clean, double Noise, double Back)
{
    /// <summary>
    /// With noise, from ᾱ of the step before (none on the first), of this one and of the one it leads to. λ is −∞ where ᾱ is 0 and +∞
    /// where it is 1, at the ends of a run: h and r are infinite there, and each factor still has its limit.
    /// </summary>
    public static DpmCoefficients Of(double? alphaBefore, double alpha, double nextAlpha)
    {
        double lambda = HalfLogSnr(alpha);
        double h = HalfLogSnr(nextAlpha) - lambda;
        double back = alphaBefore is { } before ? h / (2 * (lambda - HalfLogSnr(before))) : 0;
        double renewed = -double.ExpM1(-2 * h);
        return new DpmCoefficients(
            Math.Sqrt((1 - nextAlpha) / (1 - alpha)) * Math.Exp(-h),
            Math.Sqrt(nextAlpha) * renewed,
            Math.Sqrt(1 - nextAlpha) * Math.Sqrt(renewed),
            back);
    }

    /// <summary>Those of a step of a run. A step to clean latents, where h is infinite, is of first order.</summary>
    public static DpmCoefficients Of(StepGrid grid, int step, bool withNoise)
    {
        (double alpha, double nextAlpha) = (grid.Alphas[step], grid.Alphas[step + 1]);
        bool looksBack = step > 0 && nextAlpha < 1;
        DpmCoefficients noisy = Of(looksBack ? grid.Alphas[step - 1] : null, alpha, nextAlpha);
        if (withNoise)
            return noisy;
        double renewed = -double.ExpM1(HalfLogSnr(alpha) - HalfLogSnr(nextAlpha));
        return new DpmCoefficients(Math.Sqrt((1 - nextAlpha) / (1 - alpha)), Math.Sqrt(nextAlpha) * renewed, 0, noisy.Back);
    }

    /// <summary>λ = log(√ᾱ / √(1−ᾱ))</summary>
    public static double HalfLogSnr(double alpha) => 0.5 * Math.Log(alpha / (1 - alpha));
}
