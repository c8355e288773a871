namespace CogVideoX.Kernels;

/// <summary>Weights where they lie (usually a mapped file), in their stored format. Null where an operation has none.</summary>
public readonly unsafe struct WeightPointer(void* address, FloatFormat format)
{
    /// <summary>The first element.</summary>
    public void* Address { get; } = address;

    /// <summary>How each element is stored.</summary>
    public FloatFormat Format { get; } = format;

    /// <summary>True where the operation has no such weight.</summary>
    public bool IsNull => Address is null;

    /// <summary>Bytes of one element.</summary>
    public int ElementSize => Format switch { FloatFormat.F32 => 4, FloatFormat.BF16 or FloatFormat.F16 => 2, _ => 1 };

    /// <summary>One element as fp32; for naive forms and odd ends. The fast way is <see cref="Widen.ToFloats"/>.</summary>
    public float this[long index] => Widen.One(this, index);

    /// <summary>The same weights from element <paramref name="offset"/> on.</summary>
    public WeightPointer Slice(long offset) => new((byte*)Address + offset * ElementSize, Format);
}
