namespace CogVideoX.Kernels.Ilgpu;

/// <summary>Up to four neighbouring numbers in registers: what a thread of a row-wise or element-wise kernel has at once.</summary>
internal readonly struct Quad(float x, float y, float z, float w)
{
    /// <summary>The first.</summary>
    public readonly float X = x;

    /// <summary>The second, where a <see cref="IPack{TSelf}"/> has as many.</summary>
    public readonly float Y = y;

    /// <summary>The third.</summary>
    public readonly float Z = z;

    /// <summary>The fourth.</summary>
    public readonly float W = w;

    /// <summary>i times each pair, taken as a complex number.</summary>
    public Quad TimesI => new(-Y, X, -W, Z);

    /// <summary>e to the power of each.</summary>
    public Quad Exp => new(IlgpuMath.Exp(X), IlgpuMath.Exp(Y), IlgpuMath.Exp(Z), IlgpuMath.Exp(W));

    public static Quad operator +(Quad a, Quad b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);

    public static Quad operator +(Quad a, float b) => new(a.X + b, a.Y + b, a.Z + b, a.W + b);

    public static Quad operator -(Quad a, float b) => new(a.X - b, a.Y - b, a.Z - b, a.W - b);

    public static Quad operator *(Quad a, Quad b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z, a.W * b.W);

    public static Quad operator *(Quad a, float b) => new(a.X * b, a.Y * b, a.Z * b, a.W * b);
}
