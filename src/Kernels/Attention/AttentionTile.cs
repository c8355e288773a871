using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

/// <summary>Eight rows of four numbers in registers: a thread's part of a tile's scores, or of its results.</summary>
internal readonly struct AttentionTile(
    Float4 row0, Float4 row1, Float4 row2, Float4 row3, Float4 row4, Float4 row5, Float4 row6, Float4 row7)
{
    /// <summary>Queries, keys and columns of a group's tile.</summary>
    public const int Size = 64;

    /// <summary>What rows of a tile are counted in.</summary>
    public const int Quads = Size / 4;

    /// <summary>A thread's rows.</summary>
    public const int Rows = 8;

    /// <summary>A group, which has all of a tile.</summary>
    public const int Threads = Quads * (Size / Rows);

    /// <summary>How many rows a group reads at once, a thread a quad.</summary>
    public const int RowsAtOnce = Threads / Quads;

    public readonly Float4 Row0 = row0;
    public readonly Float4 Row1 = row1;
    public readonly Float4 Row2 = row2;
    public readonly Float4 Row3 = row3;
    public readonly Float4 Row4 = row4;
    public readonly Float4 Row5 = row5;
    public readonly Float4 Row6 = row6;
    public readonly Float4 Row7 = row7;

    /// <summary>
    /// The thread's quad of columns. A warp has eight of them, for 32 rows; threads that differ by one have the same, and every other one
    /// has the same rows, so that the hardware reads 16 bytes for all of them at once.
    /// </summary>
    public static int Column => Group.IdxX >> 1 & 7 | Group.IdxX >> 2 & 8;

    /// <summary>The thread's first row.</summary>
    public static int Row => (Group.IdxX & 1 | Group.IdxX >> 3 & 2 | Group.IdxX >> 4 & 4) * Rows;

    /// <summary>Where a quad lies in a tile whose rows' quads are permuted.</summary>
    public static int Place(int row, int quad, int swizzle) => row * Quads + (quad ^ (row >> 2 & swizzle));

    /// <summary>sum + a · b, where a's rows are a tile's.</summary>
    public static AttentionTile AddProduct(AttentionTile sum, ArrayView<Float4> a, Float4x4 b) => new(
        Float4x4.AddProduct(sum.Row0, a[0], b),
        Float4x4.AddProduct(sum.Row1, a[Quads], b),
        Float4x4.AddProduct(sum.Row2, a[2 * Quads], b),
        Float4x4.AddProduct(sum.Row3, a[3 * Quads], b),
        Float4x4.AddProduct(sum.Row4, a[4 * Quads], b),
        Float4x4.AddProduct(sum.Row5, a[5 * Quads], b),
        Float4x4.AddProduct(sum.Row6, a[6 * Quads], b),
        Float4x4.AddProduct(sum.Row7, a[7 * Quads], b));

    /// <summary>Rows times factors.</summary>
    public static AttentionTile Scale(AttentionTile t, AttentionRows factors) => new(
        Scale(t.Row0, factors.Upper.X),
        Scale(t.Row1, factors.Upper.Y),
        Scale(t.Row2, factors.Upper.Z),
        Scale(t.Row3, factors.Upper.W),
        Scale(t.Row4, factors.Lower.X),
        Scale(t.Row5, factors.Lower.Y),
        Scale(t.Row6, factors.Lower.Z),
        Scale(t.Row7, factors.Lower.W));

    /// <summary>2ˣ, where x is what a row has above its maximum.</summary>
    public static AttentionTile Weights(AttentionTile scores, AttentionRows largest) => new(
        Weights(scores.Row0, largest.Upper.X),
        Weights(scores.Row1, largest.Upper.Y),
        Weights(scores.Row2, largest.Upper.Z),
        Weights(scores.Row3, largest.Upper.W),
        Weights(scores.Row4, largest.Lower.X),
        Weights(scores.Row5, largest.Lower.Y),
        Weights(scores.Row6, largest.Lower.Z),
        Weights(scores.Row7, largest.Lower.W));

    /// <summary>−∞ beyond the first <paramref name="columns"/> columns.</summary>
    public static AttentionTile Mask(AttentionTile t, int columns) => new(
        Mask(t.Row0, columns),
        Mask(t.Row1, columns),
        Mask(t.Row2, columns),
        Mask(t.Row3, columns),
        Mask(t.Row4, columns),
        Mask(t.Row5, columns),
        Mask(t.Row6, columns),
        Mask(t.Row7, columns));

    /// <summary>The largest of each row.</summary>
    public static AttentionRows Largest(AttentionTile t) => new(
        new Float4(Largest(t.Row0), Largest(t.Row1), Largest(t.Row2), Largest(t.Row3)),
        new Float4(Largest(t.Row4), Largest(t.Row5), Largest(t.Row6), Largest(t.Row7)));

    /// <summary>The sum of each row.</summary>
    public static AttentionRows Sums(AttentionTile t) => new(
        new Float4(Sum(t.Row0), Sum(t.Row1), Sum(t.Row2), Sum(t.Row3)),
        new Float4(Sum(t.Row4), Sum(t.Row5), Sum(t.Row6), Sum(t.Row7)));

    /// <summary>Stores them in a tile.</summary>
    public static void Store(AttentionTile t, ArrayView<Float4> target)
    {
        target[0] = t.Row0;
        target[Quads] = t.Row1;
        target[2 * Quads] = t.Row2;
        target[3 * Quads] = t.Row3;
        target[4 * Quads] = t.Row4;
        target[5 * Quads] = t.Row5;
        target[6 * Quads] = t.Row6;
        target[7 * Quads] = t.Row7;
    }

    /// <summary>A row times a factor.</summary>
    public static Float4 Scale(Float4 row, float factor) => new(row.X * factor, row.Y * factor, row.Z * factor, row.W * factor);

    private static Float4 Weights(Float4 scores, float largest) => new(
        XMath.Exp2(scores.X - largest), XMath.Exp2(scores.Y - largest), XMath.Exp2(scores.Z - largest), XMath.Exp2(scores.W - largest));

    private static Float4 Mask(Float4 row, int columns) => new(
        columns > 0 ? row.X : float.NegativeInfinity,
        columns > 1 ? row.Y : float.NegativeInfinity,
        columns > 2 ? row.Z : float.NegativeInfinity,
        columns > 3 ? row.W : float.NegativeInfinity);

    private static float Largest(Float4 row) => XMath.Max(XMath.Max(row.X, row.Y), XMath.Max(row.Z, row.W));

    private static float Sum(Float4 row) => row.X + row.Y + (row.Z + row.W);
}

/// <summary>A number for each row of an <see cref="AttentionTile"/>.</summary>
internal readonly struct AttentionRows(Float4 upper, Float4 lower)
{
    /// <summary>Those of the first four rows.</summary>
    public readonly Float4 Upper = upper;

    /// <summary>Those of the last four.</summary>
    public readonly Float4 Lower = lower;

    /// <summary>a · b + sum.</summary>
    public static AttentionRows MultiplyAdd(AttentionRows a, AttentionRows b, AttentionRows sum) =>
        new(MultiplyAdd(a.Upper, b.Upper, sum.Upper), MultiplyAdd(a.Lower, b.Lower, sum.Lower));

    /// <summary>From shared memory.</summary>
    public static AttentionRows Load(ArrayView<Float4> memory, int first) => new(memory[first], memory[first + 1]);

    /// <summary>To shared memory.</summary>
    public static void Store(AttentionRows rows, ArrayView<Float4> memory, int first)
    {
        memory[first] = rows.Upper;
        memory[first + 1] = rows.Lower;
    }

    private static Float4 MultiplyAdd(Float4 a, Float4 b, Float4 sum) =>
        new(a.X * b.X + sum.X, a.Y * b.Y + sum.Y, a.Z * b.Z + sum.Z, a.W * b.W + sum.W);
}
