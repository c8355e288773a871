namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>A struct with fields of two types.</summary>
public struct Pair(int whole, float real)
{
    public int Whole = whole;

    public float Real = real;
}
