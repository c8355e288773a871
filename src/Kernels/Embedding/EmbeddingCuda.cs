using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Embedding
{
    private const int Eight = 8;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        queue.Launch(
            new EmbeddingKernel(new View<int>(ids, count), new AnyCudaNumbers(table), new AnyCudaNumbers(y), width),
            new CudaGrid((int)count));
        return true;
    }

    private bool HasCuda => count is > 0 and <= int.MaxValue && width > 0 && width % Eight == 0 && width <= EmbeddingKernel.MostWidth
        && y.IsPacked() && AnyCudaNumbers.TakesEights(table);
}
