namespace CogVideoX.Compiler.Language;

/// <summary>Right operands of two products.</summary>
public struct MatrixBPair<T>
    where T : unmanaged
{
    /// <summary>Of the first.</summary>
    public MatrixB<T> First;

    /// <summary>Of the second.</summary>
    public MatrixB<T> Second;
}
