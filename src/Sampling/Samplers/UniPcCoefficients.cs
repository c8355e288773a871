namespace CogVideoX.Sampling;

/// <summary>
/// The factors by which UniC (arXiv 2302.04867, with data prediction and B(h) = e^h − 1, "bh2") computes latents anew once the model was
/// asked there, in double: x = Latents·x(before) + Before·x₀(before) + Earlier·x₀(two before) + Here·x₀.
/// </summary>
internal readonly record struct UniPcCoefficients(double Latents, double Before, double Earlier, double Here)
{
    /// <summary>Those for the latents at a level, where the step before was of second order; else of first, without Earlier.</summary>
    public static UniPcCoefficients Of(StepGrid grid, int level, bool isSecondOrder)
    {
        double lambda = DpmCoefficients.HalfLogSnr(grid.Alphas[level]);
        double lambdaBefore = DpmCoefficients.HalfLogSnr(grid.Alphas[level - 1]);
        double h = lambda - lambdaBefore;
        (double earlier, double here) = (0, 0.5); // weights of (x₀(two before) − x₀(before))/r and of x₀ − x₀(before)
        if (isSecondOrder)
        {
            double ratio = (DpmCoefficients.HalfLogSnr(grid.Alphas[level - 2]) - lambdaBefore) / h;
            (double first, double second) = Moments(h);
            double weight = (first - second) / (1 - ratio);
            (earlier, here) = (weight / ratio, first - weight);
        }
        double renewed = grid.Signal(level) * -double.ExpM1(-h);
        return new UniPcCoefficients(
            grid.Noise(level) / grid.Noise(level - 1), renewed * (1 - earlier - here), renewed * earlier, renewed * here);
    }

    // The right side of the conditions that the weights meet: φ₂(−h)/φ₁(−h) and 2·φ₃(−h)/φ₁(−h).
    private static (double First, double Second) Moments(double h)
    {
        double phi1 = double.ExpM1(-h) / -h;
        double phi2 = (phi1 - 1) / -h;
        double phi3 = (phi2 - 0.5) / -h;
        return (phi2 / phi1, 2 * phi3 / phi1);
    }
}
