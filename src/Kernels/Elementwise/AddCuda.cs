using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Add
{
    private const int Eight = 8;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!HasCuda)
            return false;
        if (a.Format == ElementFormat.BF16)
            RunCuda<BFloat16>(queue);
        else
            RunCuda<Half>(queue);
        return true;
    }

    private bool HasCuda => rows * width > 0 && width % Eight == 0 && rows * width / Eight <= AddKernel<Half>.MostEights
        && a.IsPacked() && y.IsPacked() && y.Format == a.Format && AnyCudaNumbers.TakesEights(b);

    private void RunCuda<T>(CudaQueue queue) where T : unmanaged
    {
        int eights = (int)(rows * width / Eight);
        queue.Launch(
            new AddKernel<T>((Bits128*)a.Address, new AnyCudaNumbers(b), (Bits128*)y.Address, eights, (int)(width / Eight)),
            new CudaGrid(CudaGrid.Covering(eights, AddKernel<T>.Eights)));
    }
}
