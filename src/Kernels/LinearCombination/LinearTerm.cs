namespace CogVideoX.Kernels;

/// <summary>One term of a <see cref="LinearCombination"/>: a factor and the elements that it multiplies.</summary>
internal readonly struct LinearTerm(float factor, Elements x)
{
    /// <summary>c</summary>
    public readonly float Factor = factor;

    /// <summary>[count]</summary>
    public readonly Elements X = x;
}
