namespace CogVideoX.Kernels;

/// <summary>The sizes of an attention.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Queries">Tokens that ask.</param>
/// <param name="Keys">Tokens that are asked.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Width">Elements of a head.</param>
internal readonly record struct AttentionSize(int Batch, int Queries, int Keys, int Heads, int Width)
{
    /// <summary>Elements from one query's heads to the next query's; larger where queries lie among other things.</summary>
    public long QueryStride { get; init; } = (long)Heads * Width;

    /// <summary>Elements from one key's heads to the next key's; values have the same.</summary>
    public long KeyStride { get; init; } = (long)Heads * Width;
}
