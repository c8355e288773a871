using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>A timestep as sines and cosines (arXiv 2006.11239, appendix B), then two linear layers.</summary>
internal sealed class TimeEmbedding(WeightReader weights, TransformerConfig config)
{
    private const double MaxPeriod = 10_000;

    private readonly Ops ops = weights.Ops;
    private readonly Linear first = new(weights["linear_1"], config.Width, config.TimeEmbedWidth);
    private readonly Linear second = new(weights["linear_2"], config.TimeEmbedWidth, config.TimeEmbedWidth);

    private float[] waves = []; // kept from step to step

    /// <returns>[B, E] for B timesteps</returns>
    public Tensor Forward(ReadOnlySpan<double> timesteps)
    {
        using MemoryScope scope = ops.Scope();
        int count = timesteps.Length * config.Width;
        if (waves.Length < count)
            waves = new float[count];
        for (int i = 0; i < timesteps.Length; i++)
            Waves((float)timesteps[i], config.FlipSinToCos, (float)config.FrequencyShift, waves.AsSpan(i * config.Width, config.Width));
        Tensor embedded = ops.FromHost(waves.AsSpan(0, count), [timesteps.Length, config.Width]);
        Tensor hidden = first.Forward(ops.Cast(embedded, ops.ActivationType), Activation.Silu);
        return scope.Keep(second.Forward(hidden));
    }

    /// <summary>
    /// Sines and cosines of one timestep; in fp32 throughout, since the reference's rounding of large angles is part of the numbers.
    /// </summary>
    internal static void Waves(float timestep, bool cosinesFirst, float frequencyShift, Span<float> result)
    {
        int half = result.Length / 2;
        result.Clear();
        for (int i = 0; i < half; i++)
        {
            float exponent = (float)-Math.Log(MaxPeriod) * i / (half - frequencyShift);
            float angle = timestep * MathF.Exp(exponent);
            result[cosinesFirst ? half + i : i] = MathF.Sin(angle);
            result[cosinesFirst ? i : half + i] = MathF.Cos(angle);
        }
    }
}
