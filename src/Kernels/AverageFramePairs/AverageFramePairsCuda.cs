using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct AverageFramePairs
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

    private long ResultEights => (long)batch * Results * (inner / Eight);

    private bool HasCuda => ResultEights is > 0 and <= AverageFramesKernel<Half>.MostEights && inner % Eight == 0
        && x.IsPacked() && y.IsPacked() && y.Format == x.Format;

    private void RunCuda<T>(CudaQueue queue) where T : unmanaged => queue.Launch(
        new AverageFramesKernel<T>(
            (Bits128*)x.Address, (Bits128*)y.Address, (int)ResultEights, frames, Results, (int)(inner / Eight)),
        new CudaGrid(CudaGrid.Covering(ResultEights, AverageFramesKernel<T>.Eights)));
}
