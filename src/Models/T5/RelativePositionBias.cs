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
        Shape shape = [1, heads, tokens, tokens];
        if (!ops.HoldsData)
            return ops.Empty(shape);
        float[] learned = table.ToFloats();
        var bias = new float[(long)heads * tokens * tokens];
        for (int query = 0; query < tokens; query++)
        {
            for (int key = 0; key < tokens; key++)
            {
                int bucket = Bucket(key - query);
                for (int head = 0; head < heads; head++)
                    bias[((long)head * tokens + query) * tokens + key] = learned[bucket * heads + head];
            }
        }
        return ops.FromHost(bias, shape);
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
