namespace CogVideoX.Kernels.Simd;

/// <summary>
/// What the kernels ask of a vector of fp32 lanes. One source then serves 128, 256 and 512 bits: methods are generic over an
/// implementation and its register type, and the JIT compiles each pair to plain instructions.
/// </summary>
internal unsafe interface ISimd<TVector> where TVector : unmanaged
{
    static abstract int Lanes { get; }

    /// <summary>Registers of this width that the processor has.</summary>
    static abstract int Registers { get; }

    static abstract TVector Load(float* source);

    /// <summary>Lanes from bf16, which are the upper halves of their fp32.</summary>
    static abstract TVector LoadBFloat16(ushort* source);

    /// <summary>Lanes from the bits of fp16.</summary>
    static abstract TVector LoadHalf(ushort* source);

    static abstract void Store(TVector value, float* destination);

    /// <summary>
    /// The lanes of two vectors as pairs of the nearest bf16, those of <paramref name="even"/> in the lower halves; of two equally near
    /// the larger in magnitude. Lanes that aren't finite stay so, if NaN has its usual bits.
    /// </summary>
    static abstract TVector PairBFloat16(TVector even, TVector odd);

    /// <summary>Past the caches, to an address aligned to whole vectors.</summary>
    static abstract void StoreNonTemporal(TVector value, float* destination);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a · b + c, fused where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The smaller; NaN if <paramref name="b"/> is.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The larger; NaN if <paramref name="b"/> is.</summary>
    static abstract TVector Max(TVector a, TVector b);

    static abstract TVector Abs(TVector a);

    static abstract TVector Sqrt(TVector a);

    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary><paramref name="then"/> in the lanes where a is less than b.</summary>
    static abstract TVector WhereLess(TVector a, TVector b, TVector then, TVector otherwise);

    static abstract float Sum(TVector value);

    /// <summary>2ⁿ, n in −127 (which gives 0) … 128 (infinity), where <paramref name="shifted"/> = n + 127 + 1.5·2²³.</summary>
    static abstract TVector PowerOfTwo(TVector shifted);

    /// <summary>(−v₁, v₀, −v₃, v₂, …): pairs of lanes as complex numbers, multiplied by i.</summary>
    static abstract TVector TimesI(TVector value);
}
