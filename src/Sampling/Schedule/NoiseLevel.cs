namespace CogVideoX.Sampling;

/// <summary>How noisy the latents are where a step of a run begins.</summary>
/// <param name="Index">Which step of the run, from 0.</param>
/// <param name="Time">What the model is told: a training timestep, 0 … <see cref="NoiseSchedule.TrainSteps"/> − 1.</param>
/// <param name="Sigma">σ: noise against signal, √((1 − ᾱ)/ᾱ); infinite where the latents are noise alone.</param>
public readonly record struct NoiseLevel(int Index, double Time, double Sigma);
