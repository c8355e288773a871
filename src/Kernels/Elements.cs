using System.Diagnostics.CodeAnalysis;

namespace CogVideoX.Kernels;

/// <summary>
/// The operand of every operation, activation or weight: numbers where they lie, and how they are stored. Null where an operation has
/// none. The address is one of the device that the operation runs on.
/// </summary>
/// <param name="address">The first number.</param>
/// <param name="format">How each is stored.</param>
/// <param name="scales">Factors beside them, which 8-bit floats may have.</param>
public readonly unsafe struct Elements(void* address, ElementFormat format, ElementScales scales = default)
{
    private readonly ElementScales scales = scales;

    /// <summary>The first number.</summary>
    public void* Address { get; } = address;

    /// <summary>How each is stored.</summary>
    public ElementFormat Format { get; } = format;

    /// <summary>True where the operation has no such operand.</summary>
    public bool IsNull => Address is null;

    /// <summary>True where numbers are multiplied with factors beside them.</summary>
    public bool IsScaled => !scales.IsNone;

    /// <summary>Bytes of one number of a format without blocks.</summary>
    public int ElementSize => Format.BlockBytes();

    /// <summary>The numbers as fp32 in place, for forms that compute with nothing else; null for none.</summary>
    /// <exception cref="NotSupportedException">They are stored otherwise.</exception>
    public float* Floats
    {
        get
        {
            if (Format != ElementFormat.F32 || IsScaled)
                ThrowNotFloats();
            return (float*)Address;
        }
    }

    /// <summary>One number as fp32; for naive forms and odd ends. The fast way is <see cref="Widen.ToFloats"/>.</summary>
    public float this[long index] => IsScaled ? Widen.One(this, index) * scales.Of(index) : Widen.One(this, index);

    /// <summary>fp32 elements.</summary>
    public static implicit operator Elements(float* floats) => new(floats, ElementFormat.F32);

    /// <summary>Stores a number, rounded to the format, half to even.</summary>
    public void Set(long index, float value) => Shorten.One(this, index, value);

    /// <summary>The same from number <paramref name="offset"/> on.</summary>
    /// <exception cref="ArgumentException">It lies within a block, or within a row that shares a scale.</exception>
    public Elements Slice(long offset) => new((byte*)Address + Format.Bytes(offset), Format, scales.From(offset));

    [DoesNotReturn]
    private void ThrowNotFloats() => throw new NotSupportedException(
        $"This form computes with F32 in place, not with {(IsScaled ? "scaled " : "")}{Format}; another device may have a form for it.");
}
