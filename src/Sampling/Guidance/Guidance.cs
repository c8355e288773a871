using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>Classifier-free guidance (arXiv 2207.12598): the model's outputs with and without the prompt, and a step beyond.</summary>
public sealed class Guidance
{
    private readonly double scale;
    private readonly GuidanceCurve curve;

    /// <param name="scale">How far to follow the prompt; 1 or less turns guidance off, and the run needs one output a step.</param>
    /// <param name="curve">How it runs over the steps.</param>
    /// <exception cref="SamplingException">The scale is negative or not a finite number.</exception>
    public Guidance(double scale, GuidanceCurve curve = GuidanceCurve.Constant)
    {
        if (scale < 0 || !double.IsFinite(scale))
            throw new SamplingException($"The guidance scale is {scale}; choose a number from 1 (off) up, such as 6.");
        this.scale = scale;
        this.curve = curve;
    }

    /// <summary>Whether the output without the prompt is needed.</summary>
    public bool IsOn => scale > 1;

    /// <summary>The scale of one step.</summary>
    /// <param name="level">The step's noise level.</param>
    /// <param name="steps">How many steps the run has; for the smooth curve, how many <see cref="ISampler.Levels"/>.</param>
    public double At(NoiseLevel level, int steps) => curve switch
    {
        GuidanceCurve.Dynamic => Wave((steps - level.Time) / steps),
        GuidanceCurve.Smooth => Wave((double)level.Index / steps),
        _ => scale,
    };

    /// <summary>u + s·(c − u) in fp32.</summary>
    /// <param name="ops">Where to compute.</param>
    /// <param name="unconditional">u: the output for the negative prompt.</param>
    /// <param name="conditional">c: the output for the prompt, of the same shape.</param>
    /// <param name="scale">s, from <see cref="At"/>.</param>
    public static Tensor Combine(Ops ops, Tensor unconditional, Tensor conditional, double scale)
    {
        using MemoryScope scope = ops.Scope();
        Tensor towardsPrompt = ops.LinearCombination((1, conditional), (-1, unconditional));
        return scope.Keep(ops.LinearCombination((1, unconditional), ((float)scale, towardsPrompt)));
    }

    private double Wave(double progress) => 1 + scale * (1 - Math.Cos(Math.PI * Math.Pow(progress, 5))) / 2;
}
