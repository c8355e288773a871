using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>A finish of sums that are multiplied with the scale of the weight before.</summary>
/// <param name="finish">What follows.</param>
/// <param name="scale">[1], or none for 1</param>
internal readonly struct LinearScaledFinish(LinearCudaFinish finish, View<float> scale) : ITileEnding
{
    /// <inheritdoc/>
    public bool TakesEights => finish.TakesEights;

    /// <inheritdoc/>
    public void Eights(TileRows rows, int column, Registers<float> sums)
    {
        float factor = Factor;
        for (int i = 0; i < rows.Count * 8; i++)
            sums[i] *= factor;
        finish.Eights(rows, column, sums);
    }

    /// <inheritdoc/>
    public void One(int row, int column, float sum) => finish.One(row, column, sum * Factor);

    private float Factor => scale.Length == 0 ? 1 : scale[0];
}
