using System.Runtime.Intrinsics;
using static CogVideoX.Sampling.BoxMullerConstants;

namespace CogVideoX.Sampling;

internal static partial class BoxMuller
{
    /// <summary>The fast form: eight pairs at a time, each with the bits of <see cref="TransformScalar"/>.</summary>
    internal static void TransformVector(Span<float> block)
    {
        Span<float> second = block[(BlockSize / 2)..];
        Vector256<float> radius = Vector256.Sqrt(Log(Vector256<float>.One - Vector256.Create<float>(block)) * -2f);
        (Vector256<float> sine, Vector256<float> cosine) = SinCos(Vector256.Create<float>(second) * TwoPi);
        (radius * cosine + Vector256<float>.Zero).CopyTo(block);
        (radius * sine + Vector256<float>.Zero).CopyTo(second);
    }

    private static Vector256<float> Log(Vector256<float> x)
    {
        Vector256<int> bits = x.AsInt32();
        Vector256<float> exponent = Vector256.ConvertToSingle((bits >> 23) - Vector256.Create(126));
        Vector256<float> fraction = ((bits & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F000000)).AsSingle();
        Vector256<float> small = Vector256.LessThan(fraction, Vector256.Create(SqrtHalf));
        Vector256<float> m = fraction - Vector256<float>.One + (fraction & small);
        exponent -= Vector256<float>.One & small;

        Vector256<float> square = m * m;
        Vector256<float> y = Fused(Vector256.Create(Log0), m, Log1);
        y = Fused(y, m, Log2);
        y = Fused(y, m, Log3);
        y = Fused(y, m, Log4);
        y = Fused(y, m, Log5);
        y = Fused(y, m, Log6);
        y = Fused(y, m, Log7);
        y = Fused(y, m, Log8);
        y = Vector256.FusedMultiplyAdd(y * m, square, exponent * Ln2Lower);
        y -= square * 0.5f;
        return m + y + exponent * Ln2Upper;
    }

    private static (Vector256<float> Sine, Vector256<float> Cosine) SinCos(Vector256<float> angle)
    {
        Vector256<int> octant = (Vector256.ConvertToInt32(angle * FourOverPi) + Vector256<int>.One) & Vector256.Create(~1);
        Vector256<float> multiple = Vector256.ConvertToSingle(octant);
        Vector256<float> x = Vector256.FusedMultiplyAdd(multiple, Vector256.Create(Reduce0), angle);
        x = Vector256.FusedMultiplyAdd(multiple, Vector256.Create(Reduce1), x);
        x = Vector256.FusedMultiplyAdd(multiple, Vector256.Create(Reduce2), x);

        Vector256<float> square = x * x;
        Vector256<float> cosine = Fused(Fused(Vector256.Create(Cos0), square, Cos1), square, Cos2);
        cosine = Vector256.FusedMultiplyAdd(cosine * square, square, square * -0.5f) + Vector256<float>.One;
        Vector256<float> sine = Fused(Fused(Vector256.Create(Sin0), square, Sin1), square, Sin2);
        sine = Vector256.FusedMultiplyAdd(sine * square, x, x);

        Vector256<int> two = Vector256.Create(2);
        Vector256<float> swapped = Vector256.Equals(octant & two, two).AsSingle();
        return (
            FlipSign(Vector256.ConditionalSelect(swapped, cosine, sine), octant),
            FlipSign(Vector256.ConditionalSelect(swapped, sine, cosine), octant + two));
    }

    // Bit 2 of the octant is the half of the circle; it moves to the sign bit.
    private static Vector256<float> FlipSign(Vector256<float> value, Vector256<int> octant) =>
        value ^ ((octant & Vector256.Create(4)) << 29).AsSingle();

    private static Vector256<float> Fused(Vector256<float> a, Vector256<float> b, float c) =>
        Vector256.FusedMultiplyAdd(a, b, Vector256.Create(c));
}
