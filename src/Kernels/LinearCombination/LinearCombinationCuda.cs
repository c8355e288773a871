using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly partial struct LinearCombination
{
    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        queue.Launch(
            new LinearCombinationKernel(
                new CudaTerm(terms[0]), new CudaTerm(terms[1]), new CudaTerm(terms[2]), new CudaTerm(terms[3]), new AnyCudaNumbers(y),
                count),
            new CudaGrid(CudaGrid.Covering(count, LinearCombinationKernel.Numbers)));
        return true;
    }

    // Slots beyond the last term are null.
    private bool HasCuda => count > 0 && count / LinearCombinationKernel.Numbers < int.MaxValue && AnyCudaNumbers.TakesEights(y)
        && AnyCudaNumbers.TakesEights(terms[0].X) && AnyCudaNumbers.TakesEights(terms[1].X)
        && AnyCudaNumbers.TakesEights(terms[2].X) && AnyCudaNumbers.TakesEights(terms[3].X);
}
