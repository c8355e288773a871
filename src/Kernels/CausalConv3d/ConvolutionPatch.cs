using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>The pixels of a square patch as rows of a product, zeros outside of the frame; depths by frame, then by channel.</summary>
/// <param name="frames">Which frames.</param>
/// <param name="size">Of x.</param>
/// <param name="ofFrame">Divides eighths of a depth into frames.</param>
/// <param name="firstRow">The patch's first row of the frame, which may lie outside.</param>
/// <param name="firstColumn">Likewise.</param>
/// <param name="end">Depth from which on there are zeros.</param>
internal readonly unsafe struct ConvolutionPatch<T>(
    FramesOfResult<T> frames, VideoSize size, SmallDivisor ofFrame, int firstRow, int firstColumn, int end) : ITileSource<T>
    where T : unmanaged
{
    /// <summary>Pixels of a side.</summary>
    public const int Side = 16;

    private const int Eight = 8;

    /// <inheritdoc/>
    public ref T At(int row, int depth)
    {
        int frame = ofFrame.Of((int)((uint)depth / Eight)), channel = depth - frame * size.Channels;
        return ref frames[frame][channel + (Row(row) * size.Width + Column(row)) * size.Channels];
    }

    /// <inheritdoc/>
    public int BytesAt(int row, int depth) => depth < EndOf(row) ? CudaQueue.AccessBytes : 0;

    private int Row(int row) => firstRow + row / Side;

    private int Column(int row) => firstColumn + row % Side;

    private int EndOf(int row) => (uint)Row(row) < (uint)size.Height && (uint)Column(row) < (uint)size.Width ? end : 0;
}
