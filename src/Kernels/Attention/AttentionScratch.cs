using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>A worker's memory, parted for a block of queries and a block of keys.</summary>
internal readonly unsafe struct AttentionScratch<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private readonly float* panels;
    private readonly int width;

    public AttentionScratch(CpuWorker worker, int queries, int keys, int width)
    {
        int rows = MicroKernel<TSimd, TVector>.Rows, columns = MicroKernel<TSimd, TVector>.Columns;
        int paddedKeys = LinearGrid.RoundUp(keys, rows);
        this.width = width;
        ValueStride = keys * rows + Simd.Panels.Spill;
        long keyFloats = paddedKeys * width + Simd.Panels.Spill, valueFloats = LinearGrid.Parts(width, rows) * ValueStride;
        long scoreFloats = paddedKeys * columns, stagingFloats = LinearGrid.RoundUp(width, Simd.Panels.Spill) * columns;
        long panelFloats = queries / columns * (long)QueryPanel<TSimd, TVector>.Floats(width);
        Keys = (float*)worker.Scratch(sizeof(float) * (keyFloats + valueFloats + 2 * scoreFloats + stagingFloats + panelFloats));
        Values = Keys + keyFloats;
        Scores = Values + valueFloats;
        Bias = Scores + scoreFloats;
        Staging = Bias + scoreFloats;
        panels = Staging + stagingFloats;
    }

    /// <summary>[tile][width][tile rows]</summary>
    public float* Keys { get; }

    /// <summary>[tile][keys][tile rows], tiles <see cref="ValueStride"/> apart</summary>
    public float* Values { get; }

    public int ValueStride { get; }

    /// <summary>[keys, columns]</summary>
    public float* Scores { get; }

    /// <summary>[keys, columns]</summary>
    public float* Bias { get; }

    /// <summary>[columns, width]</summary>
    public float* Staging { get; }

    public QueryPanel<TSimd, TVector> Panel(int index) => new(panels + index * (long)QueryPanel<TSimd, TVector>.Floats(width), width);
}
