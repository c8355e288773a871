using static CogVideoX.Sampling.BoxMullerConstants;

namespace CogVideoX.Sampling;

internal static partial class BoxMuller
{
    /// <summary>The naive form: one pair at a time.</summary>
    internal static void TransformScalar(Span<float> block)
    {
        for (int i = 0; i < BlockSize / 2; i++)
        {
            float radius = MathF.Sqrt(-2 * Log(1 - block[i]));
            (float sine, float cosine) = SinCos(TwoPi * block[i + BlockSize / 2]);
            block[i] = radius * cosine + 0f; // + 0 turns −0 into 0, as the reference's "· deviation + mean" does
            block[i + BlockSize / 2] = radius * sine + 0f;
        }
    }

    // For normal x > 0 only, which 1 − u is.
    private static float Log(float x)
    {
        int bits = BitConverter.SingleToInt32Bits(x);
        float exponent = (bits >> 23) - 126;
        float fraction = BitConverter.Int32BitsToSingle((bits & 0x007FFFFF) | 0x3F000000); // [½, 1)
        bool small = fraction < SqrtHalf;
        float m = small ? fraction - 1 + fraction : fraction - 1;
        exponent = small ? exponent - 1 : exponent;

        float square = m * m;
        float y = Fused(Log0, m, Log1);
        y = Fused(y, m, Log2);
        y = Fused(y, m, Log3);
        y = Fused(y, m, Log4);
        y = Fused(y, m, Log5);
        y = Fused(y, m, Log6);
        y = Fused(y, m, Log7);
        y = Fused(y, m, Log8);
        y = Fused(y * m, square, exponent * Ln2Lower);
        y -= square * 0.5f;
        return m + y + exponent * Ln2Upper;
    }

    // For angles of [0, 2π).
    private static (float Sine, float Cosine) SinCos(float angle)
    {
        int octant = ((int)(angle * FourOverPi) + 1) & ~1;
        float x = Fused(octant, Reduce0, angle);
        x = Fused(octant, Reduce1, x);
        x = Fused(octant, Reduce2, x);

        float square = x * x;
        float cosine = Fused(Fused(Cos0, square, Cos1), square, Cos2);
        cosine = Fused(cosine * square, square, square * -0.5f) + 1;
        float sine = Fused(Fused(Sin0, square, Sin1), square, Sin2);
        sine = Fused(sine * square, x, x);

        bool swapped = (octant & 2) != 0;
        bool sineNegative = (octant & 4) != 0;
        bool cosineNegative = ((octant + 2) & 4) != 0;
        (float s, float c) = swapped ? (cosine, sine) : (sine, cosine);
        return (sineNegative ? -s : s, cosineNegative ? -c : c);
    }

    private static float Fused(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
}
