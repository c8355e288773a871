namespace CogVideoX.Kernels;

/// <summary>One term of a <see cref="LinearCombination"/>: a factor and the elements that it multiplies.</summary>
public readonly unsafe struct LinearTerm(float factor, float* x)
{
    /// <summary>c</summary>
    public readonly float Factor = factor;

    /// <summary>[count]</summary>
    public readonly float* X = x;
}
