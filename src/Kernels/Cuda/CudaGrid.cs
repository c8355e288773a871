namespace CogVideoX.Kernels.Cuda;

/// <summary>CTAs of a launch in each direction; CUDA takes 2³¹ − 1 in the first and 65,535 in the others.</summary>
internal readonly record struct CudaGrid(int X, int Y = 1, int Z = 1)
{
    /// <summary>CTAs in a direction, of <paramref name="tile"/> elements each, that cover <paramref name="count"/>.</summary>
    public static int Covering(long count, int tile) => checked((int)((count + tile - 1) / tile));
}
