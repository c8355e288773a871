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

    /// <summary>How many input pixels.</summary>
    public long ReachPixels(ConvolutionSize size)
    {
        (int frames, int rows, int columns) = Footprint(size);
        return (long)frames * rows * columns;
    }

    /// <summary>Where an output pixel lies inside the box: counted along columns, then frames, then rows.</summary>
    public (int Frame, int Row, int Column) Position(int pixel)
    {
        (int line, int column) = Math.DivRem(pixel, Columns);
        (int row, int frame) = Math.DivRem(line, Frames);
        return (frame, row, column);
    }
}
