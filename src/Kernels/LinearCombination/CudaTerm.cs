using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>A term as kernels of our compiler read it; products are rounded to fp32 before they are added.</summary>
internal readonly struct CudaTerm(LinearTerm term)
{
    private readonly AnyCudaNumbers x = new(term.X);
    private readonly float factor = term.Factor;

    /// <summary>True where there is none.</summary>
    public bool IsNull => x.IsNull;

    /// <summary>One product.</summary>
    public float One(long index) => factor * x.One(index);

    /// <inheritdoc cref="AnyCudaNumbers.ReadFour"/>
    public Bits128 ReadFour(long index) => x.ReadFour(index);

    /// <summary>Four products, of what <see cref="ReadFour"/> gave.</summary>
    public Float4 Four(Bits128 stored)
    {
        (float a, float b, float c, float d) = x.Four(stored);
        return new(factor * a, factor * b, factor * c, factor * d);
    }
}
