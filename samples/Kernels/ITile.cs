namespace CogVideoX.Samples.Kernels;

/// <summary>Sizes of a block's tile, as a type argument.</summary>
public interface ITile
{
    static abstract int Rows { get; }

    static abstract int Columns { get; }

    /// <summary>Columns of A and rows of B that lie in shared memory at once.</summary>
    static abstract int Depth { get; }
}
