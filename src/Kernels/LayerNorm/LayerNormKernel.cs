using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Layer norm: a warp has a row in registers, which it reads once, and whose deviations from the mean it squares.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <typeparam name="TLength">How long rows may be.</typeparam>
/// <typeparam name="TVectors">How what is beside them is stored.</typeparam>
/// <param name="x">[rows, width]</param>
/// <param name="y">[rows, width]</param>
/// <param name="weight">[width] or null</param>
/// <param name="bias">[width] or null</param>
/// <param name="shift">What is added to each row at the end.</param>
/// <param name="scale">What, with 1 added, each row is multiplied by; null, with the shift, for neither.</param>
/// <param name="rows">At least one.</param>
/// <param name="width">A multiple of eight.</param>
/// <param name="epsilon">Added to the variance.</param>
[KernelInstance("layer_norm_2048_bf16", typeof(BFloat16), typeof(RowLengths.Of2048), typeof(CudaNumbers<BFloat16>))]
[KernelInstance("layer_norm_3072_bf16", typeof(BFloat16), typeof(RowLengths.Of3072), typeof(CudaNumbers<BFloat16>))]
internal readonly unsafe struct LayerNormKernel<T, TLength, TVectors>(
    View<T> x, View<T> y, TVectors weight, TVectors bias, CudaRowVectors<TVectors> shift, CudaRowVectors<TVectors> scale,
    int rows, int width, float epsilon) : IKernel
    where T : unmanaged
    where TLength : unmanaged, IRowLength
    where TVectors : unmanaged, ICudaNumbers<TVectors>
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
        WarpRow<T, TLength>.Subtract(values, WarpRow<T, TLength>.Sum(values) / width, width);
        float factor = Approximate.ReciprocalSquareRoot(WarpRow<T, TLength>.Squares(values) / width + epsilon);
        TVectors shifts = default, scales = default;
        long firstShift = 0, firstScale = 0;
        if (!scale.IsNull)
        {
            shifts = shift.Of(row, out firstShift);
            scales = scale.Of(row, out firstScale);
        }
        T* result = y.Pointer + (long)row * width;
        for (int i = 0; i < TLength.Eights; i++)
        {
            int column = WarpRow<T, TLength>.Column(i);
            if (column >= width)
                continue;
            Registers<float> eight = values.Slice(i * Eight);
            Weigh(eight, factor, column);
            if (!scale.IsNull)
                Modulate(eight, shifts, firstShift + column, scales, firstScale + column);
            *(Bits128*)(result + column) = PackedEight<T>.Of(eight);
        }
    }

    private void Weigh(Registers<float> values, float factor, int column)
    {
        Registers<float> weights = Registers.Of<float>(Eight), biases = Registers.Of<float>(Eight);
        for (int i = 0; i < Eight; i++)
            weights[i] = 1;
        if (!weight.IsNull)
            weight.Eight(column, weights);
        if (!bias.IsNull)
            bias.Eight(column, biases);
        for (int i = 0; i < Eight; i++)
            values[i] = MathF.FusedMultiplyAdd(values[i] * factor, weights[i], biases[i]);
    }

    private static void Modulate(Registers<float> values, TVectors shifts, long shiftIndex, TVectors scales, long scaleIndex)
    {
        Registers<float> shift = Registers.Of<float>(Eight), scale = Registers.Of<float>(Eight);
        shifts.Eight(shiftIndex, shift);
        scales.Eight(scaleIndex, scale);
        for (int i = 0; i < Eight; i++)
            values[i] = MathF.FusedMultiplyAdd(values[i], 1 + scale[i], shift[i]);
    }
}
