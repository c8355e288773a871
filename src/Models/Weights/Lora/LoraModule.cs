using CogVideoX.Tensors;

namespace CogVideoX.Models.Weights;

/// <summary>What an adapter has for one layer.</summary>
/// <param name="Name">The layer's name in the model.</param>
/// <param name="AKey">The key of A.</param>
/// <param name="BKey">The key of B.</param>
/// <param name="A">[rank, inputs], or [rank, channels, height, width] for a convolution</param>
/// <param name="B">[outputs, rank], or [outputs, rank, 1, 1]</param>
/// <param name="Alpha">What scales B·A, times the rank.</param>
/// <param name="Factor">What B·A is to be multiplied with at scale 1: alpha / rank, or alpha / √rank.</param>
internal sealed record LoraModule(string Name, string AKey, string BKey, Shape A, Shape B, double Alpha, double Factor)
{
    public int Rank => A[0];

    /// <summary>The layer's name without the number of its block: <c>attn1.to_q</c>.</summary>
    public string Target
    {
        get
        {
            string[] names = Name.Split('.');
            return names is ["transformer_blocks", _, .. var rest] && rest.Length > 0 ? string.Join('.', rest) : Name;
        }
    }
}
