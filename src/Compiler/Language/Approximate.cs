namespace CogVideoX.Compiler.Language;

/// <summary>
/// The GPU's fast functions, which round as PTX says (largest errors there, ISA 9.7.3) and not as C# does. The exact ones are C#'s own:
/// MathF.Sqrt, division, MathF.FusedMultiplyAdd.
/// </summary>
public static class Approximate
{
    /// <summary>2 to the power of x; error 2 ulp.</summary>
    [Ptx("ex2.approx.f32 {result}, {x};", Pure = true)]
    public static float Exp2(float x) => MathF.Pow(2, x);

    /// <summary>
    /// The same with numbers below 2^−126 as zeros, x and the result: one instruction of the card, where <see cref="Exp2"/> is four.
    /// </summary>
    [Ptx("ex2.approx.ftz.f32 {result}, {x};", Pure = true)]
    public static float Exp2Flushed(float x) => Flushed(MathF.Pow(2, x));

    /// <summary>Logarithm to base 2; absolute error 2^−22 in (0.5, 2), relative error 2^−22 outside.</summary>
    [Ptx("lg2.approx.f32 {result}, {x};", Pure = true)]
    public static float Log2(float x) => MathF.Log2(x);

    /// <summary>Absolute error 2^−20.5 in [−2π, 2π], 2^−14.7 in [−100π, 100π], and nothing is said of more.</summary>
    [Ptx("sin.approx.f32 {result}, {x};", Pure = true)]
    public static float Sin(float x) => MathF.Sin(x);

    /// <inheritdoc cref="Sin"/>
    [Ptx("cos.approx.f32 {result}, {x};", Pure = true)]
    public static float Cos(float x) => MathF.Cos(x);

    /// <summary>Relative error 2^−11.</summary>
    [Ptx("tanh.approx.f32 {result}, {x};", Pure = true)]
    public static float Tanh(float x) => MathF.Tanh(x);

    /// <summary>1 / √x; relative error 2^−22.9.</summary>
    [Ptx("rsqrt.approx.f32 {result}, {x};", Pure = true)]
    public static float ReciprocalSquareRoot(float x) => 1 / MathF.Sqrt(x);

    /// <summary>1 / x; error 1 ulp.</summary>
    [Ptx("rcp.approx.f32 {result}, {x};", Pure = true)]
    public static float Reciprocal(float x) => 1 / x;

    /// <summary>
    /// The same with numbers below 2^−126 as zeros, x and the result: one instruction of the card, where <see cref="Reciprocal"/> is four.
    /// </summary>
    [Ptx("rcp.approx.ftz.f32 {result}, {x};", Pure = true)]
    public static float ReciprocalFlushed(float x) => Flushed(1 / Flushed(x));

    /// <summary>x / y; error 2 ulp where |y| lies in [2^−126, 2^126].</summary>
    [Ptx("div.approx.f32 {result}, {x}, {y};", Pure = true)]
    public static float Divide(float x, float y) => x / y;

    /// <summary>The larger; a number against NaN is the number (C#'s MathF.Max gives NaN).</summary>
    [Ptx("max.f32 {result}, {x}, {y};", Pure = true)]
    public static float Max(float x, float y) => float.MaxNumber(x, y);

    /// <summary>The smaller; a number against NaN is the number (C#'s MathF.Min gives NaN).</summary>
    [Ptx("min.f32 {result}, {x}, {y};", Pure = true)]
    public static float Min(float x, float y) => float.MinNumber(x, y);

    /// <summary>Brought to [0, 1]; NaN gives 0.</summary>
    [Ptx("cvt.sat.f32.f32 {result}, {x};", Pure = true)]
    public static float Saturate(float x) => x > 0 ? MathF.Min(x, 1) : 0;

    /// <summary>
    /// Logarithm to base e: that to base 2, times ln 2. Relative error 2^−21 outside of [0.5, 2], absolute error 2^−22 in it (so that
    /// near
    /// 1 few bits are right).
    /// </summary>
    public static float Log(float x) => Log2(x) * 0.6931472f;

    /// <summary>
    /// x to the power of y for x ≥ 0 (NaN for x below): 2 to the power of y·log2 x. Relative error about |y·log2 x|·2^−22 + 2 ulp.
    /// </summary>
    public static float Pow(float x, float y) => Exp2(y * Log2(x));

    /// <summary>Sin over Cos: both errors of these, divided by |Cos|, so that near the poles no bit may be right.</summary>
    public static float Tan(float x) => Divide(Sin(x), Cos(x));

    /// <summary>e to the power of x: 2 to the power of x·log2 e, which is rounded; relative error about |x|·6e-8 + 2 ulp.</summary>
    public static float Exp(float x) => Exp2(x * 1.4426950408889634f);

    /// <summary>Hyperbolic tangent to about 4 ulp: from exp where |x| is large, from its series where that would cancel.</summary>
    public static float AccurateTanh(float x)
    {
        float magnitude = MathF.Abs(x);
        float large = 1 - 2 / (Exp(2 * magnitude) + 1);
        float square = x * x;
        float series = 1 + square * (-0.33333334f + square * (0.13333334f + square * (-0.053968254f + square * 0.021869488f)));
        return magnitude < 0.35f ? x * series : MathF.CopySign(large, x);
    }

    private static float Flushed(float x) => float.IsSubnormal(x) ? MathF.CopySign(0, x) : x;
}
