using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>Σ factor·x, element by element: 1 to 4 terms, added in their order in fp32.</summary>
    /// <param name="terms">Factors and F32 tensors of one shape.</param>
    /// <returns>The shape of the terms.</returns>
    /// <exception cref="TensorException">No term, more than 4, or shapes that differ.</exception>
    public unsafe Tensor LinearCombination(params ReadOnlySpan<(float Factor, Tensor X)> terms)
    {
        Check(terms.Length is > 0 and <= LinearTerms.Max, "linear_combination", $"{terms.Length} terms; it adds 1 to {LinearTerms.Max}.");
        Shape shape = terms[0].X.Shape;
        var pointers = new LinearTerms();
        foreach ((float factor, Tensor x) in terms)
        {
            Check(x.Shape == shape, "linear_combination", $"the terms are {shape} and {x.Shape}; they need one shape.");
            pointers.Add(new LinearTerm(factor, Operand("linear_combination", x)));
        }
        Tensor y = Memory.Empty(shape, terms[0].X.Type);
        Run(new LinearCombination(pointers, y.Elements, shape.Count));
        return y;
    }
}
