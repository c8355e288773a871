namespace CogVideoX.Models.Weights;

/// <summary>
/// Names of an adapter that the original training code (SAT, its LoraMixin) saved: A and B are numbered by what their layer stacks, and
/// the weights that they were trained over stand among them.
/// </summary>
internal static class SatNames
{
    /// <summary>Alpha where none is given, as that code has it.</summary>
    public const double Alpha = 1;

    private const string Layers = "transformer.layers.";

    // A layer by its name there, and what it is here, by the number of the pair.
    private static readonly (string Name, string[] Here)[] Known =
    [
        ("attention.query_key_value", ["attn1.to_q", "attn1.to_k", "attn1.to_v"]),
        ("attention.dense", ["attn1.to_out.0"]),
    ];

    private static readonly (string Piece, LoraPart Part)[] Pieces = [(".matrix_A.", LoraPart.A), (".matrix_B.", LoraPart.B)];

    /// <summary>Whether it is a half of a layer, known or not.</summary>
    public static bool IsHalf(string key) => Pieces.Any(entry => key.Contains(entry.Piece, StringComparison.Ordinal));

    /// <summary>
    /// Takes a name such as <c>model.diffusion_model.transformer.layers.3.attention.query_key_value.matrix_A.2</c> apart; null where it
    /// is no half of a layer that is known.
    /// </summary>
    public static LoraKey? Parse(string key)
    {
        int at = key.IndexOf(Layers, StringComparison.Ordinal);
        if (at < 0 || key[(at + Layers.Length)..].Split('.', 2) is not [{ Length: > 0 } block, var rest])
            return null;
        foreach ((string name, string[] here) in Known)
        {
            foreach ((string piece, LoraPart part) in Pieces)
            {
                int pair = rest.StartsWith(name + piece, StringComparison.Ordinal) ? PairOf(rest[(name + piece).Length..]) : -1;
                if (pair >= 0 && pair < here.Length)
                    return new LoraKey($"transformer_blocks.{block}.{here[pair]}", part);
            }
        }
        return null;
    }

    private static int PairOf(string digit) => digit is [>= '0' and <= '9'] ? digit[0] - '0' : -1;
}
