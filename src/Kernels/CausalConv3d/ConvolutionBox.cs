namespace CogVideoX.Kernels;

/// <summary>A box of output pixels that one thread computes at a time: starts and lengths in frames, height and width.</summary>
internal readonly record struct ConvolutionBox(int Batch, int Frame, int Row, int Column, int Frames, int Rows, int Columns)
{
    /// <summary>How many output pixels.</summary>
    public int Pixels => Frames * Rows * Columns;

    /// <summary>Input frames, rows and columns that the box reads, padding included.</summary>
    public (int Frames, int Rows, int Columns) Footprint(ConvolutionSize size) => (
        Frames + size.KernelFrames - 1,
        (Rows - 1) * size.Stride + size.KernelHeight,
        (Columns - 1) * size.Stride + size.KernelWidth);

    /// <summary>Where an output pixel lies inside the box.</summary>
    public (int Frame, int Row, int Column) Position(int pixel)
    {
        (int row, int column) = Math.DivRem(pixel, Columns);
        (int frame, row) = Math.DivRem(row, Rows);
        return (frame, row, column);
    }
}
