using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// Two vectors as one. A function made of a long chain of operations then runs for both side by side: the processor would wait
/// for the chain, since it doesn't look far enough ahead to begin with the next number's.
/// </summary>
public readonly unsafe struct PairSimd<TSimd, TVector> : ISimd<VectorPair<TVector>>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    public static int Lanes => 2 * TSimd.Lanes;

    public static int Registers => TSimd.Registers / 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Load(float* source) => new(TSimd.Load(source), TSimd.Load(source + TSimd.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> LoadBFloat16(ushort* source) => new(TSimd.LoadBFloat16(source), TSimd.LoadBFloat16(source + TSimd.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> LoadHalf(ushort* source) => new(TSimd.LoadHalf(source), TSimd.LoadHalf(source + TSimd.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(VectorPair<TVector> value, float* destination)
    {
        TSimd.Store(value.Low, destination);
        TSimd.Store(value.High, destination + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal(VectorPair<TVector> value, float* destination)
    {
        TSimd.StoreNonTemporal(value.Low, destination);
        TSimd.StoreNonTemporal(value.High, destination + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Broadcast(float value) => new(TSimd.Broadcast(value), TSimd.Broadcast(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Add(VectorPair<TVector> a, VectorPair<TVector> b) => new(TSimd.Add(a.Low, b.Low), TSimd.Add(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Subtract(VectorPair<TVector> a, VectorPair<TVector> b) =>
        new(TSimd.Subtract(a.Low, b.Low), TSimd.Subtract(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Multiply(VectorPair<TVector> a, VectorPair<TVector> b) =>
        new(TSimd.Multiply(a.Low, b.Low), TSimd.Multiply(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Divide(VectorPair<TVector> a, VectorPair<TVector> b) =>
        new(TSimd.Divide(a.Low, b.Low), TSimd.Divide(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> MultiplyAdd(VectorPair<TVector> a, VectorPair<TVector> b, VectorPair<TVector> c) =>
        new(TSimd.MultiplyAdd(a.Low, b.Low, c.Low), TSimd.MultiplyAdd(a.High, b.High, c.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Min(VectorPair<TVector> a, VectorPair<TVector> b) => new(TSimd.Min(a.Low, b.Low), TSimd.Min(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Max(VectorPair<TVector> a, VectorPair<TVector> b) => new(TSimd.Max(a.Low, b.Low), TSimd.Max(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Abs(VectorPair<TVector> a) => new(TSimd.Abs(a.Low), TSimd.Abs(a.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> Sqrt(VectorPair<TVector> a) => new(TSimd.Sqrt(a.Low), TSimd.Sqrt(a.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> CopySign(VectorPair<TVector> magnitude, VectorPair<TVector> sign) =>
        new(TSimd.CopySign(magnitude.Low, sign.Low), TSimd.CopySign(magnitude.High, sign.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> WhereLess(
        VectorPair<TVector> a, VectorPair<TVector> b, VectorPair<TVector> then, VectorPair<TVector> otherwise) =>
        new(TSimd.WhereLess(a.Low, b.Low, then.Low, otherwise.Low), TSimd.WhereLess(a.High, b.High, then.High, otherwise.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(VectorPair<TVector> value) => TSimd.Sum(TSimd.Add(value.Low, value.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> PowerOfTwo(VectorPair<TVector> shifted) => new(TSimd.PowerOfTwo(shifted.Low), TSimd.PowerOfTwo(shifted.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> AddToExponent(VectorPair<TVector> value, VectorPair<TVector> shifted) =>
        new(TSimd.AddToExponent(value.Low, shifted.Low), TSimd.AddToExponent(value.High, shifted.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<TVector> TimesI(VectorPair<TVector> value) => new(TSimd.TimesI(value.Low), TSimd.TimesI(value.High));
}
