using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>What random programs call.</summary>
public static class Mix
{
    /// <summary>A digest with one more number in it.</summary>
    public static ulong In(ulong digest, int value) => (digest ^ (uint)value) * 0x9E3779B97F4A7C15 + (digest >> 29);

    /// <summary>All NaNs are one: which one an operation gives isn't defined.</summary>
    public static ulong In(ulong digest, float value) => In(digest, float.IsNaN(value) ? 1 : BitConverter.SingleToInt32Bits(value));

    /// <inheritdoc cref="In(ulong, float)"/>
    public static ulong In(ulong digest, double value)
    {
        long bits = double.IsNaN(value) ? 1 : BitConverter.DoubleToInt64Bits(value);
        return In(In(digest, (int)bits), (int)(bits >> 32));
    }

    /// <summary>Changes a struct through a reference.</summary>
    public static void Swap(ref Pair pair, int other)
    {
        (pair.Whole, int old) = (other, pair.Whole);
        pair.Real = old;
    }

    /// <summary>Takes and returns a struct.</summary>
    public static Pair Twice(Pair pair, bool negate) => negate ? new(-pair.Whole, -pair.Real) : new(pair.Whole * 2, pair.Real * 2);

    /// <summary>
    /// The smaller. Kept from the host's optimiser, which gets Math.Min(-0d, 0d) wrong when one of them is a constant (.NET 10.0).
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Min(float x, float y) => MathF.Min(x, y);

    /// <inheritdoc cref="Min(float, float)"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Min(double x, double y) => Math.Min(x, y);

    /// <summary>The larger.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Max(float x, float y) => MathF.Max(x, y);

    /// <inheritdoc cref="Max(float, float)"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Max(double x, double y) => Math.Max(x, y);

    /// <summary>The first with the sign of the second; a NaN's sign isn't defined.</summary>
    public static float CopySign(float x, float y) => MathF.CopySign(x, float.IsNaN(y) ? 1 : y);

    /// <inheritdoc cref="CopySign(float, float)"/>
    public static double CopySign(double x, double y) => Math.CopySign(x, double.IsNaN(y) ? 1 : y);

    /// <summary>Walks an array in registers.</summary>
    public static int Least(Cells cells, int limit)
    {
        int least = int.MaxValue;
        for (int i = 0; i < 4; i++)
        {
            if (cells[i] == limit)
                continue;
            least = Math.Min(least, cells[i]);
            if (least < 0)
                break;
        }
        return least;
    }
}
