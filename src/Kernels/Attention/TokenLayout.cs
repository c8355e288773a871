using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels;

/// <summary>How the tokens of an operand of the kernel of attention lie: [batch, count, heads, width], tokens a stride apart.</summary>
internal readonly struct TokenLayout(long stride, int count)
{
    private readonly long stride = stride;
    private readonly int count = count;

    /// <summary>Tokens of a batch.</summary>
    public int Count => count;

    /// <summary>Elements from a token to the next; a tile's tokens are less than 2³¹ apart.</summary>
    public int Stride => (int)stride;

    /// <summary>Where a token's part of this CTA's head begins.</summary>
    public long First(int token, int width) => ((long)Grid.BlockZ * count + token) * stride + (long)Grid.BlockY * width;
}
