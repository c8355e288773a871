using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Permute
{
    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (PermuteCudaPlan.Of(plan, elementSize) is not { } tiles || ((nint)x | (nint)y) % tiles.WordBytes != 0)
            return false;
        queue.Launch(new PermuteTileKernel(x, y, tiles), tiles.Tiles);
        return true;
    }
}
