namespace CogVideoX.Emulator;

/// <summary>Sizes or indices in three dimensions.</summary>
public readonly record struct Dim3(int X, int Y = 1, int Z = 1)
{
    /// <summary>X·Y·Z.</summary>
    public long Count => (long)X * Y * Z;

    /// <summary>The index whose linear number, x fastest, is <paramref name="linear"/>.</summary>
    public Dim3 At(long linear) => new((int)(linear % X), (int)(linear / X % Y), (int)(linear / X / Y));

    public override string ToString() => $"({X},{Y},{Z})";
}
