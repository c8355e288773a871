using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Rows of a matrix as an operand of a product.</summary>
/// <param name="numbers">[rows, width]</param>
/// <param name="rows">At least one.</param>
/// <param name="width">Of whole 16 bytes.</param>
/// <param name="end">Depth from which on there are zeros, at most the width; of whole 16 bytes.</param>
internal readonly struct MatrixRows<T>(View<T> numbers, int rows, int width, int end) : ITileSource<T> where T : unmanaged
{
    /// <inheritdoc/>
    public ref T At(int row, int depth) => ref numbers[(long)Math.Min(row, rows - 1) * width + depth];

    /// <inheritdoc/>
    public int BytesAt(int row, int depth) => depth < end ? CudaQueue.AccessBytes : 0;
}
