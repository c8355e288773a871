using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Blend
{
    private const int Eight = 8;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        if (after.Format == ElementFormat.BF16)
            RunCuda<BFloat16>(queue);
        else
            RunCuda<Half>(queue);
        return true;
    }

    private bool HasCuda => Count > 0 && inner % Eight == 0 && Count / Eight <= BlendKernel<Half>.MostEights
        && after.IsPacked() && before.IsPacked() && y.IsPacked() && before.Format == after.Format && y.Format == after.Format;

    private void RunCuda<T>(CudaQueue queue) where T : unmanaged => queue.Launch(
        new BlendKernel<T>(
            (Bits128*)before.Address, (Bits128*)after.Address, (Bits128*)y.Address, (int)(Count / Eight), beforeSize, afterSize,
            (int)(inner / Eight), extent),
        new CudaGrid(CudaGrid.Covering(Count / Eight, BlendKernel<T>.Eights)));
}
