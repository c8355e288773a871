using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.T5;

/// <summary>
/// T5's relative positions: a learned number per head for each bucket of distances; half of the buckets look back, half ahead,
/// and in each half the near distances have one of their own, the far ones share logarithmically (arXiv 1910.10683, section 2.1).
/// </summary>
internal sealed class RelativePositionBias(WeightReader weights, T5Config config)
{
    private readonly Ops ops = weights.Ops;
    private readonly Tensor table = weights.Get("weight", [config.RelativeBuckets, config.Heads]);

    /// <returns>[1, N, T, T]: what query i adds to the logit of key j</returns>
    public Tensor Forward(int tokens)
    {
        int heads = config.Heads;
        float[]? learned = null; // in a dry run there is nothing to read
        var buckets = new int[2 * tokens - 1];
        for (int i = 0; i < buckets.Length; i++)
            buckets[i] = Bucket(i - (tokens - 1));
        return ops.Fill([1, heads, tokens, tokens], Write, rowLength: tokens);

        // Whole rows: a row is a query of a head.
        void Write(long first, Span<float> rows)
        {
            learned ??= table.ToFloats();
            for (long row = first / tokens; !rows.IsEmpty; row++, rows = rows[tokens..])
            {
                (long head, long query) = Math.DivRem(row, tokens);
                ReadOnlySpan<int> ofQuery = buckets.AsSpan((int)(tokens - 1 - query), tokens);
                for (int key = 0; key < tokens; key++)
                    rows[key] = learned[ofQuery[key] * heads + head];
            }
        }
    }

    private int Bucket(int distance)
    {
        int half = config.RelativeBuckets / 2;
        int offset = distance > 0 ? half : 0;
        int away = Math.Abs(distance);
        int exact = half / 2;
        if (away < exact)
            return offset + away;
        float far = MathF.Log((float)away / exact) / MathF.Log((float)config.RelativeMaxDistance / exact) * (half - exact);
        return offset + Math.Min(half - 1, exact + (int)far);
    }
}
