using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.Tests.Simd;

/// <summary>Every fp16 becomes the fp32 of the same value, whichever vectors load it: infinities, subnormals and both zeros too.</summary>
public sealed unsafe class HalfTests
{
    private static readonly ushort[] All = [.. Enumerable.Range(0, 1 << 16).Select(bits => (ushort)bits)];
    private static readonly float[] Expected = [.. All.Select(bits => (float)BitConverter.UInt16BitsToHalf(bits))];

    [Fact]
    public void OneByOneAndInRows()
    {
        Check<Simd128, Vector128<float>>();
        Check<Simd256, Vector256<float>>();
        Check<Simd512, Vector512<float>>();
    }

    [Fact]
    public void Widened()
    {
        var actual = new float[All.Length];
        fixed (ushort* source = All)
        fixed (float* target = actual)
            Widen.ToFloats(new Elements(source, ElementFormat.F16), target, All.Length);
        AreExpected(actual);
    }

    [Fact]
    public void PairsOfRows()
    {
        Assert.SkipUnless(Avx2.IsSupported, "Rows are loaded in pairs with AVX2 only.");
        var actual = new float[All.Length];
        fixed (ushort* source = All)
        fixed (float* target = actual)
        {
            for (int i = 0; i < All.Length; i += 16)
            {
                HalfRows.LoadPair((byte*)(source + i), (byte*)(source + i + 8), out Vector256<float> first, out Vector256<float> second);
                first.GetLower().Store(target + i);
                second.GetLower().Store(target + i + 4);
                first.GetUpper().Store(target + i + 8);
                second.GetUpper().Store(target + i + 12);
            }
        }
        AreExpected(actual);
    }

    private static void Check<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var actual = new float[All.Length];
        fixed (ushort* source = All)
        fixed (float* target = actual)
        {
            for (int i = 0; i < All.Length; i += TSimd.Lanes)
                TSimd.Store(HalfRows.Load<TSimd, TVector>((byte*)(source + i)), target + i);
        }
        AreExpected(actual);
    }

    private static void AreExpected(float[] actual)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            bool same = float.IsNaN(Expected[i])
                ? float.IsNaN(actual[i])
                : BitConverter.SingleToInt32Bits(Expected[i]) == BitConverter.SingleToInt32Bits(actual[i]);
            Assert.True(same, $"fp16 {i:X4} is {Expected[i]:R}, not {actual[i]:R}.");
        }
    }
}
