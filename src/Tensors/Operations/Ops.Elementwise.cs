using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>a + b, with b repeated over the leading dimensions of a that it lacks.</summary>
    /// <param name="a">[…, suffix]</param>
    /// <param name="b">[suffix]</param>
    /// <returns>The shape of <paramref name="a"/>.</returns>
    /// <exception cref="TensorException">The last sizes of a aren't b's shape.</exception>
    public unsafe Tensor Add(Tensor a, Tensor b)
    {
        int lead = a.Shape.Rank - b.Shape.Rank;
        bool fits = lead >= 0;
        for (int i = 0; fits && i < b.Shape.Rank; i++)
            fits = a.Shape[lead + i] == b.Shape[i];
        Check(fits, "add", $"{b.Shape} can't be repeated over {a.Shape}; its sizes must be the last ones there.");
        Tensor y = Memory.Empty(a.Shape, a.Type);
        Run(new Add(Operand("add", a), Operand("add", b), y.Elements, a.Shape.Product(0, lead), b.Count));
        return y;
    }

    /// <summary>x / (1 + e⁻ˣ) of each element.</summary>
    public Tensor Silu(Tensor x) => Map<Silu>(x);

    /// <summary>The Gaussian error linear unit of each element (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="tanh">Its approximation by tanh, which T5 v1.1 and CogVideoX use; otherwise the exact form.</param>
    public Tensor Gelu(Tensor x, bool tanh) => tanh ? Map<GeluTanh>(x) : Map<GeluErf>(x);

    /// <summary>factor · x.</summary>
    public Tensor Scale(Tensor x, float factor) => LinearCombination((factor, x));

    private unsafe Tensor Map<TFunction>(Tensor x) where TFunction : struct, IElementFunction
    {
        Tensor y = Memory.Empty(x.Shape, x.Type);
        Run(new Map<TFunction>(Operand(TFunction.Name, x), y.Elements, x.Count));
        return y;
    }
}
