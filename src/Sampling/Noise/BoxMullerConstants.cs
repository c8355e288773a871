namespace CogVideoX.Sampling;

/// <summary>
/// Coefficients of the single-precision logarithm, sine and cosine of the Cephes library (Moshier; netlib.org/cephes, logf.c and
/// sinf.c), which PyTorch's vector code evaluates. Both forms of <see cref="BoxMuller"/> use them.
/// </summary>
internal static class BoxMullerConstants
{
    public const float TwoPi = 6.28318530717958647692f;
    public const float FourOverPi = 1.27323954473516f;
    public const float SqrtHalf = 0.707106781186547524f;

    // log(1 + x) ≈ x − x²/2 + x³·P(x), highest power first; ln 2 is split in two so that e·Ln2Upper is exact.
    public const float Log0 = 7.0376836292e-2f;
    public const float Log1 = -1.1514610310e-1f;
    public const float Log2 = 1.1676998740e-1f;
    public const float Log3 = -1.2420140846e-1f;
    public const float Log4 = 1.4249322787e-1f;
    public const float Log5 = -1.6668057665e-1f;
    public const float Log6 = 2.0000714765e-1f;
    public const float Log7 = -2.4999993993e-1f;
    public const float Log8 = 3.3333331174e-1f;
    public const float Ln2Lower = -2.12194440e-4f;
    public const float Ln2Upper = 0.693359375f;

    // −π/4 in three parts (Cody and Waite), for the reduction of an angle.
    public const float Reduce0 = -0.78515625f;
    public const float Reduce1 = -2.4187564849853515625e-4f;
    public const float Reduce2 = -3.77489497744594108e-8f;

    public const float Sin0 = -1.9515295891e-4f;
    public const float Sin1 = 8.3321608736e-3f;
    public const float Sin2 = -1.6666654611e-1f;

    public const float Cos0 = 2.443315711809948e-5f;
    public const float Cos1 = -1.388731625493765e-3f;
    public const float Cos2 = 4.166664568298827e-2f;
}
