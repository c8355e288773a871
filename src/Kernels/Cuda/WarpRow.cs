using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// A row of a matrix in the registers of a warp, so that memory is read once: neighbouring lanes have neighbouring eights, and all loads of
/// a row are under way together.
/// </summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <typeparam name="TLength">How long it may be.</typeparam>
internal static unsafe class WarpRow<T, TLength>
    where T : unmanaged
    where TLength : unmanaged, IRowLength
{
    private const int Eight = PackedEight<T>.Count;

    /// <summary>Numbers of a lane.</summary>
    public static int Count => TLength.Eights * Eight;

    /// <summary>Column of the first number of a lane's eights.</summary>
    public static int Column(int eight) => (eight * Warp.Size + Block.ThreadX % Warp.Size) * Eight;

    /// <summary>Reads a row; zeros beyond its end.</summary>
    /// <param name="row">Its first number, at a multiple of 16 bytes.</param>
    /// <param name="width">A multiple of eight.</param>
    public static Registers<float> Read(T* row, int width)
    {
        Registers<Bits128> packed = Registers.Of<Bits128>(TLength.Eights);
        Registers<float> values = Registers.Of<float>(TLength.Eights * Eight);
        for (int i = 0; i < TLength.Eights; i++)
        {
            if (Column(i) < width)
                packed[i] = *(Bits128*)(row + Column(i));
        }
        for (int i = 0; i < TLength.Eights; i++)
            PackedEight<T>.Widen(packed[i], values.Slice(i * Eight));
        return values;
    }

    /// <summary>Sum of a row's numbers.</summary>
    public static float Sum(Registers<float> values)
    {
        float sum = 0;
        for (int i = 0; i < Count; i++)
            sum += values[i];
        return Warp.Sum(sum);
    }

    /// <summary>Subtracts a number from a row's.</summary>
    public static void Subtract(Registers<float> values, float number, int width)
    {
        for (int i = 0; i < Count; i++)
        {
            if (Column(i / Eight) < width)
                values[i] -= number;
        }
    }

    /// <summary>Sum of the squares of a row's numbers.</summary>
    public static float Squares(Registers<float> values)
    {
        float sum = 0;
        for (int i = 0; i < Count; i++)
            sum = MathF.FusedMultiplyAdd(values[i], values[i], sum);
        return Warp.Sum(sum);
    }
}
