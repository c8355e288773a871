namespace CogVideoX.Kernels;

/// <summary>Factors that stored numbers are multiplied with, beside them: one for the whole tensor, or one for each row.</summary>
/// <param name="factors">[1] or [rows]</param>
/// <param name="elementsPerFactor">How many numbers in a row share one; 0 for one that all share.</param>
/// <param name="first">Where among those that share the first factor the first number is.</param>
internal readonly unsafe struct ElementScales(float* factors, long elementsPerFactor, long first = 0)
{
    /// <summary>True for <c>default</c>: the numbers are what they are.</summary>
    public bool IsNone => factors is null;

    /// <summary>Where they lie.</summary>
    public float* Factors => factors;

    /// <summary>How many numbers in a row share one; 0 for one that all share.</summary>
    public long ElementsPerFactor => elementsPerFactor;

    /// <summary>The factor of a number.</summary>
    public float Of(long index) =>
        factors is null ? 1 : elementsPerFactor == 0 ? *factors : factors[(first + index) / elementsPerFactor];

    /// <summary>How many numbers from one on have its factor.</summary>
    public long Run(long index) => elementsPerFactor == 0 ? long.MaxValue : elementsPerFactor - (first + index) % elementsPerFactor;

    /// <summary>The factors of the numbers from <paramref name="offset"/> on.</summary>
    public ElementScales From(long offset)
    {
        if (factors is null || elementsPerFactor == 0)
            return this;
        (long row, long rest) = Math.DivRem(first + offset, elementsPerFactor);
        return new ElementScales(factors + row, elementsPerFactor, rest);
    }
}
