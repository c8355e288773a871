using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>Copies blocks of equal size that lie at regular distances: what joining and cutting tensors come down to.</summary>
/// <param name="x">The first block.</param>
/// <param name="y">Where it goes.</param>
/// <param name="blocks">How many blocks.</param>
/// <param name="blockBytes">Bytes of one.</param>
/// <param name="xStride">Bytes from block to block of <paramref name="x"/>; 0 repeats the first.</param>
/// <param name="yStride">Bytes from block to block of <paramref name="y"/>.</param>
internal readonly unsafe partial struct StridedCopy(byte* x, byte* y, long blocks, long blockBytes, long xStride, long yStride) : IOperation
{
    private readonly byte* x = x;
    private readonly byte* y = y;
    private readonly long blocks = blocks;
    private readonly long blockBytes = blockBytes;
    private readonly long xStride = xStride;
    private readonly long yStride = yStride;

    /// <inheritdoc/>
    public static string Name => "strided_copy";

    /// <inheritdoc/>
    public double Flops => 0;
}
