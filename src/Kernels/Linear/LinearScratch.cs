using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>A worker's memory, parted for a tile of a product.</summary>
internal readonly unsafe struct LinearScratch<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <param name="worker">Whose memory.</param>
    /// <param name="blockRows">Rows of a block of x.</param>
    /// <param name="depth">Inputs of a slice.</param>
    /// <param name="width">Columns of the tile, whole panels.</param>
    /// <param name="blocks">How many blocks read a panel. One alone needs no more than one panel at a time.</param>
    public LinearScratch(CpuWorker worker, int blockRows, int depth, int width, int blocks)
    {
        int columns = MicroKernel<TSimd, TVector>.Columns;
        PanelStride = blocks > 1 ? columns * depth : 0;
        long panels = (blocks > 1 ? (long)width : columns) * depth + Simd.Panels.Spill, block = (long)blockRows * depth + Simd.Panels.Spill;
        long edge = MicroKernel<TSimd, TVector>.Rows * columns, staging = columns * depth;
        Panels = (float*)worker.Scratch(sizeof(float) * (panels + block + edge + staging + width));
        Block = Panels + panels;
        Edge = Block + block;
        Staging = Edge + edge;
        Bias = Staging + staging;
    }

    /// <summary>Packed weights: [panel][depth, columns].</summary>
    public float* Panels { get; }

    /// <summary>From a panel to the next.</summary>
    public int PanelStride { get; }

    /// <summary>Packed rows of x: [tile][depth, tile rows].</summary>
    public float* Block { get; }

    /// <summary>A tile of the result.</summary>
    public float* Edge { get; }

    /// <summary>[columns, depth], for weights that are widened before they are packed.</summary>
    public float* Staging { get; }

    /// <summary>[width]</summary>
    public float* Bias { get; }
}
