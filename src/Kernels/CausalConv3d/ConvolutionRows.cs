using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>The windows of a frame's pixels as rows of a product, which are read from where they lie.</summary>
/// <param name="frames">What the frame depends on.</param>
/// <param name="windows">What a window is.</param>
internal readonly unsafe struct ConvolutionRows<T>(FramesOfResult<T> frames, ConvolutionWindows windows) : ITileSource<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public ref T At(int row, int depth)
    {
        (int frame, int offset, _) = windows.At(depth);
        return ref frames[frame][offset + windows.First(row)];
    }

    /// <inheritdoc/>
    public int BytesAt(int row, int depth) => windows.Inside(row) >> windows.At(depth).Shift & CudaQueue.AccessBytes;
}
