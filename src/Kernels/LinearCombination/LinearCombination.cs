using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y = Σ cᵢ·xᵢ, element by element. Terms are added in their order, each product rounded to fp32 first.</summary>
/// <param name="terms">The factors and the arrays of <paramref name="count"/> elements.</param>
/// <param name="y">[count]</param>
internal readonly unsafe partial struct LinearCombination(in LinearTerms terms, Elements y, long count) : IOperation
{
    private readonly LinearTerms terms = terms;
    private readonly Elements y = y;
    private readonly long count = count;

    /// <inheritdoc/>
    public static string Name => "linear_combination";

    /// <inheritdoc/>
    public double Flops => (2.0 * terms.Count - 1) * count;
}
