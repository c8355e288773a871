using System.Runtime.CompilerServices;
using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Four rows of four numbers in registers.</summary>
internal readonly struct Float4x4(Float4 a, Float4 b, Float4 c, Float4 d)
{
    private readonly Float4 a = a, b = b, c = c, d = d;

    /// <summary>Four rows that lie <paramref name="stride"/> quads apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4x4 Load(ArrayView<Float4> memory, int stride) =>
        new(memory[0], memory[stride], memory[2 * stride], memory[3 * stride]);

    /// <summary>The same with columns for rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4x4 Transpose(Float4x4 m) => new(
        new Float4(m.a.X, m.b.X, m.c.X, m.d.X),
        new Float4(m.a.Y, m.b.Y, m.c.Y, m.d.Y),
        new Float4(m.a.Z, m.b.Z, m.c.Z, m.d.Z),
        new Float4(m.a.W, m.b.W, m.c.W, m.d.W));

    /// <summary>sum + row · m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 AddProduct(Float4 sum, Float4 row, Float4x4 m) =>
        AddScaled(AddScaled(AddScaled(AddScaled(sum, row.X, m.a), row.Y, m.b), row.Z, m.c), row.W, m.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 AddScaled(Float4 sum, float factor, Float4 row) =>
        new(factor * row.X + sum.X, factor * row.Y + sum.Y, factor * row.Z + sum.Z, factor * row.W + sum.W);
}
