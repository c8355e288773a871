using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Four rows of four numbers in registers, and what is done with rows.</summary>
internal readonly struct Float4x4(Float4 a, Float4 b, Float4 c, Float4 d)
{
    /// <summary>The first row.</summary>
    public readonly Float4 A = a;

    /// <summary>The second.</summary>
    public readonly Float4 B = b;

    /// <summary>The third.</summary>
    public readonly Float4 C = c;

    /// <summary>The fourth.</summary>
    public readonly Float4 D = d;

    /// <summary>Four rows that lie <paramref name="stride"/> quads apart.</summary>
    public static Float4x4 Load(ArrayView<Float4> memory, int first, int stride) =>
        new(memory[first], memory[first + stride], memory[first + 2 * stride], memory[first + 3 * stride]);

    /// <summary>The same with columns for rows.</summary>
    public static Float4x4 Transpose(Float4x4 m) => new(
        new Float4(m.A.X, m.B.X, m.C.X, m.D.X),
        new Float4(m.A.Y, m.B.Y, m.C.Y, m.D.Y),
        new Float4(m.A.Z, m.B.Z, m.C.Z, m.D.Z),
        new Float4(m.A.W, m.B.W, m.C.W, m.D.W));

    /// <summary>sum + row · m.</summary>
    public static Float4 AddProduct(Float4 sum, Float4 row, Float4x4 m) =>
        AddScaled(AddScaled(AddScaled(AddScaled(sum, row.X, m.A), row.Y, m.B), row.Z, m.C), row.W, m.D);

    private static Float4 AddScaled(Float4 sum, float factor, Float4 row) =>
        new(factor * row.X + sum.X, factor * row.Y + sum.Y, factor * row.Z + sum.Z, factor * row.W + sum.W);
}
