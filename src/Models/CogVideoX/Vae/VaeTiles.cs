using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// One direction of the VAE in tiles that overlap and fade into each other, as the reference does it: each goes through the whole time; a
/// tile fades from the one above it, then from the one on its left, both as they were left by that.
/// </summary>
/// <param name="ops">Where to compute.</param>
/// <param name="rows">Tiles along the height.</param>
/// <param name="columns">Tiles along the width.</param>
internal sealed class VaeTiles(Ops ops, TileCuts rows, TileCuts columns)
{
    /// <summary>The result as a whole.</summary>
    /// <inheritdoc cref="Run"/>
    public Tensor Whole(Tensor video, Func<Tensor, Action<int, int>, Tensor> code, Action<int, int>? progress)
    {
        using MemoryScope scope = ops.Scope();
        Tensor whole = default;
        Run(video, code, Place, progress);
        return scope.Keep(whole);

        void Place(Tensor strip, int top)
        {
            if (whole.IsNone)
                whole = scope.Adopt(ops.Memory.Empty(strip.Shape.With(2, rows.Output(video.Shape[2])), strip.Type));
            ops.CopyInto(strip, whole, 2, top);
        }
    }

    /// <summary>The result in strips from top to bottom.</summary>
    /// <param name="video">[B, F, H, W, C]</param>
    /// <param name="code">Encodes or decodes a tile; it is told whom to tell after each residual block.</param>
    /// <param name="take">Gets a strip and which row of the result is its first; the strip is given back when it returns.</param>
    /// <param name="progress">Told after each residual block of each tile; in a dry run, of the tiles that are computed.</param>
    public void Run(
        Tensor video, Func<Tensor, Action<int, int>, Tensor> code, Action<Tensor, int> take, Action<int, int>? progress)
    {
        using MemoryScope scope = ops.Scope();
        int height = video.Shape[2], width = video.Shape[3];
        int down = rows.Count(height), across = columns.Count(width);
        int tiles = 0;
        var parts = new PlannedParts<(int, int)>(ops);
        var above = new Tensor[across];
        for (int row = 0, taken = 0; row < down; row++)
        {
            Tensor strip = default, before = default;
            for (int column = 0, filled = 0; column < across; column++)
            {
                int top = row * rows.Step, left = column * columns.Step;
                (int Rows, int Columns) size = (rows.SizeAt(row, height), columns.SizeAt(column, width));
                Tensor tile = parts.Get(size, () => Code(
                    video, top, size.Rows, left, size.Columns, code,
                    (done, blocks) => progress?.Invoke(tiles * blocks + done, down * across * blocks)));
                tiles++;
                if (row > 0)
                    tile = Replace(above[column], ops.Blend(above[column], tile, 2, rows.Blended), tile);
                if (column > 0)
                    tile = Replace(default, ops.Blend(before, tile, 3, columns.Blended), tile);
                above[column] = before = tile;
                int high = Math.Min(rows.Kept, tile.Shape[2]), wide = Math.Min(columns.Kept, tile.Shape[3]);
                if (strip.IsNone)
                    strip = ops.Memory.Empty(tile.Shape.With(2, high).With(3, columns.Output(width)), tile.Type);
                Fill(strip, tile, high, wide, filled);
                filled += wide;
            }
            take(strip, taken);
            taken += strip.Shape[2];
            ops.Memory.Release(strip);
        }
    }

    private Tensor Code(
        Tensor video, int top, int high, int left, int wide, Func<Tensor, Action<int, int>, Tensor> code, Action<int, int> progress)
    {
        using MemoryScope scope = ops.Scope();
        Tensor tile = ops.Slice(ops.Slice(video, 2, top, high), 3, left, wide);
        return scope.Keep(code(tile, progress));
    }

    // Writes the first rows and columns of a tile into a strip.
    private void Fill(Tensor strip, Tensor tile, int high, int wide, int left)
    {
        using MemoryScope scope = ops.Scope();
        Tensor part = high == tile.Shape[2] ? tile : ops.Slice(tile, 2, 0, high);
        ops.CopyInto(part, strip, 3, left, wide);
    }

    private Tensor Replace(Tensor unused, Tensor result, Tensor former)
    {
        if (!unused.IsNone)
            ops.Memory.Release(unused);
        ops.Memory.Release(former);
        return result;
    }
}
