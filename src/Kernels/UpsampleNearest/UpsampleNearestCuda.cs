using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct UpsampleNearest
{
    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        long pixelBytes = (long)size.Channels * x.ElementSize, rows = (long)size.Batch * size.Frames * size.Height;
        int words = (int)(pixelBytes / CudaQueue.AccessBytes);
        if (size.Count == 0 || x.IsScaled || pixelBytes % CudaQueue.AccessBytes != 0 || words > UpsampleNearestKernel.Threads
            || !CudaQueue.IsAligned(x) || !CudaQueue.IsAligned(y))
        {
            return false;
        }
        int rowParts = CudaGrid.Covering(size.Width, UpsampleNearestKernel.Pixels(words));
        if (rows * rowParts > int.MaxValue || 4L * size.Width * words > int.MaxValue)
            return false;
        queue.Launch(
            new UpsampleNearestKernel((Bits128*)x.Address, (Bits128*)y.Address, words, size, Result.Frames, rowParts),
            new CudaGrid((int)rows * rowParts));
        return true;
    }
}
