using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>How noisy the latents are where a step of a run begins.</summary>
/// <param name="Index">Which step of the run, from 0; of a sampler that asks the model twice a step, which evaluation.</param>
/// <param name="Time">What the model is told: a training timestep, 0 … <see cref="NoiseSchedule.TrainSteps"/> − 1.</param>
/// <param name="Sigma">σ: noise against signal, √((1 − ᾱ)/ᾱ); infinite where the latents are noise alone.</param>
public readonly record struct NoiseLevel(int Index, double Time, double Sigma)
{
    internal static NoiseLevel Of(int index, double time, double alpha) => new(index, time, Math.Sqrt((1 - alpha) / alpha));

    /// <summary>√ᾱ = 1/√(1 + σ²): how much of the clean latents there is.</summary>
    public double Signal => 1 / Math.Sqrt(1 + Sigma * Sigma);

    /// <summary>√(1 − ᾱ) = σ/√(1 + σ²): how much noise.</summary>
    public double Noise => double.IsPositiveInfinity(Sigma) ? 1 : Sigma * Signal;

    /// <summary>x₀ = √ᾱ·x − √(1−ᾱ)·v: the clean latents that a v-prediction means (arXiv 2202.00512, appendix D).</summary>
    /// <param name="ops">Where to compute.</param>
    /// <param name="x">Latents at this level, as the model saw them.</param>
    /// <param name="v">The model's output for them, of the same shape.</param>
    /// <param name="inputScale">What they were scaled by for the model (<see cref="ISampler.InputScale"/>).</param>
    public Tensor Clean(Ops ops, Tensor x, Tensor v, double inputScale = 1) =>
        ops.LinearCombination(((float)(Signal / inputScale), x), (-(float)Noise, v));
}
