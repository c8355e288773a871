namespace CogVideoX.GpuCheck.Cases;

/// <summary>Sizes that the cases are made of. Those of CogVideoX-2b at 49 frames of 720×480, or scaled down.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Tokens">Of the joint sequence.</param>
/// <param name="Text">Of these, the text.</param>
/// <param name="Heads">Of the transformer.</param>
/// <param name="HeadWidth">Of each.</param>
/// <param name="TextWidth">Of T5.</param>
/// <param name="TextHidden">Of T5's feed-forward layer.</param>
/// <param name="TextHeads">Of T5.</param>
/// <param name="Vocabulary">Rows of a table.</param>
/// <param name="Rows">Of norms and embeddings beside the transformer's.</param>
/// <param name="Height">Of the latents, pixels.</param>
/// <param name="Width">Of the latents, pixels.</param>
/// <param name="Channels">Of the VAE at the size of the picture; four times as many at that of the latents.</param>
internal sealed record CaseSizes(
    string Name, int Tokens, int Text, int Heads, int HeadWidth, int TextWidth, int TextHidden, int TextHeads, int Vocabulary, int Rows,
    int Height, int Width, int Channels)
{
    /// <summary>As in a run.</summary>
    public static CaseSizes Full { get; } = new("full", 17776, 226, 30, 64, 4096, 10240, 64, 32128, 8192, 60, 90, 128);

    /// <summary>All widths as in a run, few rows: what a CPU does in seconds.</summary>
    public static CaseSizes Few { get; } = new("few", 1301, 226, 30, 64, 4096, 10240, 64, 4001, 517, 15, 22, 128);

    /// <summary>For the emulator.</summary>
    public static CaseSizes Tiny { get; } = new("tiny", 37, 5, 3, 16, 40, 72, 3, 61, 9, 2, 3, 8);

    /// <summary>Of the transformer.</summary>
    public int Inner => Heads * HeadWidth;

    /// <summary>Of group norms.</summary>
    public int Groups => Math.Min(32, Channels / 2);

    /// <summary>What T5's sums are divided by, about, as a power of two.</summary>
    public static float Over(int inputs) => MathF.Pow(2, -MathF.Round(MathF.Log2(inputs) / 2) + 1);
}
