using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct StridedCopy
{
    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        const int Word = CudaQueue.AccessBytes;
        long words = blocks * (blockBytes / Word);
        long aligned = (nint)x | (nint)y | blockBytes | (blocks > 1 ? xStride | yStride : 0);
        if (words == 0 || words > StridedCopyKernel.MostWords || aligned % Word != 0)
            return false;
        queue.Launch(
            new StridedCopyKernel((Bits128*)x, (Bits128*)y, (int)words, (int)(blockBytes / Word), xStride / Word, yStride / Word),
            new CudaGrid(CudaGrid.Covering(words, StridedCopyKernel.Words)));
        return true;
    }
}
