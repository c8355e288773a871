using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Map<TFunction>
{
    private const int Eight = 8;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        if (x.Format == ElementFormat.BF16)
            RunCuda<BFloat16>(queue);
        else
            RunCuda<Half>(queue);
        return true;
    }

    private bool HasCuda => count > 0 && count % Eight == 0 && count / MapKernel<Half, TFunction>.Numbers < int.MaxValue
        && x.IsPacked() && y.IsPacked() && y.Format == x.Format;

    private void RunCuda<T>(CudaQueue queue) where T : unmanaged => queue.Launch(
        new MapKernel<T, TFunction>(x.ToView<T>(count), y.ToView<T>(count), count),
        new CudaGrid(CudaGrid.Covering(count, MapKernel<T, TFunction>.Numbers)));
}
