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

    /// <summary>Four products, the first number at a multiple of their bytes.</summary>
    public Float4 Four(long index)
    {
        (float a, float b, float c, float d) = x.Four(index);
        return new(factor * a, factor * b, factor * c, factor * d);
    }
}
