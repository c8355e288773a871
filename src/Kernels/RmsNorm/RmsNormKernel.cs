using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Root mean square norm: a warp has a row in registers, which it reads once.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <typeparam name="TLength">How long rows may be.</typeparam>
/// <param name="x">[rows, width]</param>
/// <param name="y">[rows, width]</param>
/// <param name="weight">[width]</param>
/// <param name="rows">At least one.</param>
/// <param name="width">A multiple of eight.</param>
/// <param name="epsilon">Added to the mean square.</param>
[KernelInstance("rms_norm_4096_bf16", typeof(BFloat16), typeof(RowLengths.Of4096))]
internal readonly unsafe struct RmsNormKernel<T, TLength>(
    View<T> x, View<T> y, AnyCudaNumbers weight, int rows, int width, float epsilon) : IKernel
    where T : unmanaged
    where TLength : unmanaged, IRowLength
{
    /// <summary>Rows of a CTA, a warp each.</summary>
    public const int Rows = 4;

    private const int Eight = PackedEight<T>.Count;

    /// <inheritdoc/>
    public static Block Block => new(Rows * Warp.Size);

    /// <inheritdoc/>
    public void Run()
    {
        int row = Grid.BlockX * Rows + Block.ThreadX / Warp.Size;
        if (row >= rows)
            return;
        Registers<float> values = WarpRow<T, TLength>.Read(x.Pointer + (long)row * width, width);
        Registers<float> weights = Registers.Of<float>(Eight);
        float factor = Approximate.ReciprocalSquareRoot(WarpRow<T, TLength>.Squares(values) / width + epsilon);
        T* result = y.Pointer + (long)row * width;
        for (int i = 0; i < TLength.Eights; i++)
        {
            int column = WarpRow<T, TLength>.Column(i);
            if (column >= width)
                continue;
            Registers<float> eight = values.Slice(i * Eight);
            weight.Eight(column, weights);
            for (int j = 0; j < Eight; j++)
                eight[j] *= factor * weights[j];
            *(Bits128*)(result + column) = PackedEight<T>.Of(eight);
        }
    }
}
