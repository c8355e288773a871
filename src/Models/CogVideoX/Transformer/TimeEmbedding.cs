using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>A timestep, or another number, as sines and cosines (arXiv 2006.11239, appendix B), then two linear layers.</summary>
/// <param name="weights">Those of the layers.</param>
/// <param name="config">How the waves are made.</param>
/// <param name="inputs">How many waves.</param>
/// <param name="width">Width of the embedding.</param>
internal sealed class TimeEmbedding(WeightReader weights, TransformerConfig config, int inputs, int width)
{
    private const double MaxPeriod = 10_000;

    private readonly Ops ops = weights.Ops;
    private readonly Linear first = new(weights["linear_1"], inputs, width);
    private readonly Linear second = new(weights["linear_2"], width, width);

    private float[] waves = []; // kept from step to step

    /// <summary>The waves of B numbers; made on the host.</summary>
    /// <returns>F32 [B, inputs]</returns>
    public Tensor Waves(ReadOnlySpan<double> numbers) => ops.FromHost(HostWaves(numbers), [numbers.Length, inputs]);

    /// <summary>The same, written into a tensor of that shape.</summary>
    public void WriteWaves(ReadOnlySpan<double> numbers, Tensor target) => ops.Overwrite(target, HostWaves(numbers));

    /// <param name="embedded">F32 [B, inputs], waves</param>
    /// <returns>[B, width]</returns>
    public Tensor Forward(Tensor embedded)
    {
        using MemoryScope scope = ops.Scope();
        Tensor hidden = first.Forward(ops.Cast(embedded, ops.ActivationType), Activation.Silu);
        return scope.Keep(second.Forward(hidden));
    }

    private ReadOnlySpan<float> HostWaves(ReadOnlySpan<double> numbers)
    {
        int count = numbers.Length * inputs;
        if (waves.Length < count)
            waves = new float[count];
        for (int i = 0; i < numbers.Length; i++)
            Waves((float)numbers[i], config.FlipSinToCos, (float)config.FrequencyShift, waves.AsSpan(i * inputs, inputs));
        return waves.AsSpan(0, count);
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
