using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Sums over parts of the inputs, kept in fp32 until all are there; a CTA's part is its place along y.</summary>
/// <param name="sums">[parts, rows, pitch]</param>
/// <param name="rows">Rows of the result.</param>
/// <param name="pitch">Its columns, rounded up to a multiple of eight.</param>
internal readonly struct LinearPartSums(View<Float4> sums, int rows, int pitch) : ITileEnding
{
    /// <inheritdoc/>
    public bool TakesEights => true;

    /// <inheritdoc/>
    public void One(int row, int column, float sum) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Eights(TileRows rows, int column, Registers<float> eights)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            if (!rows.Has(i))
                continue;
            long index = Index(Grid.BlockY, rows[i], column);
            Registers<float> eight = eights.Slice(i * 8);
            sums[index] = new(eight[0], eight[1], eight[2], eight[3]);
            sums[index + 1] = new(eight[4], eight[5], eight[6], eight[7]);
        }
    }

    /// <summary>Eight sums over all parts, added in order.</summary>
    public Registers<float> Total(int parts, int row, int column)
    {
        Registers<float> total = Registers.Of<float>(8);
        for (int part = 0; part < parts; part++)
        {
            long index = Index(part, row, column);
            for (int i = 0; i < 8; i += 4)
            {
                (float x, float y, float z, float w) = sums[index + i / 4];
                total[i] += x;
                total[i + 1] += y;
                total[i + 2] += z;
                total[i + 3] += w;
            }
        }
        return total;
    }

    private long Index(int part, int row, int column) => (((long)part * rows + row) * pitch + column) / 4;
}
