using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly partial struct Cast
{
    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        queue.Launch(
            new CastKernel(new AnyCudaNumbers(x), new AnyCudaNumbers(y), count),
            new CudaGrid(CudaGrid.Covering(count, CastKernel.Numbers)));
        return true;
    }

    private bool HasCuda => count > 0 && count / CastKernel.Numbers < int.MaxValue
        && AnyCudaNumbers.TakesEights(x) && AnyCudaNumbers.TakesEights(y);
}
