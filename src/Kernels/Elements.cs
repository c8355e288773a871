using System.Diagnostics.CodeAnalysis;

namespace CogVideoX.Kernels;

/// <summary>
/// The operand of every operation, activation or weight: numbers where they lie, and how they are stored. Null where an operation has
/// none. The address is one of the device that the operation runs on.
/// </summary>
internal readonly unsafe struct Elements
{
    private readonly ElementScales scales;
    private readonly ushort start; // in blocks: where in the block at the address the first number is

    /// <param name="address">The first number.</param>
    /// <param name="format">How each is stored.</param>
    public Elements(void* address, ElementFormat format)
    {
        Address = address;
        Format = format;
    }

    private Elements(void* address, ElementFormat format, ElementScales scales, int start = 0) : this(address, format)
    {
        this.scales = scales;
        this.start = (ushort)start;
    }

    /// <summary>The first number; in blocks, the one that it lies in.</summary>
    public void* Address { get; }

    /// <summary>How each is stored.</summary>
    public ElementFormat Format { get; }

    /// <summary>Where in its block the first number is; 0 for formats without blocks.</summary>
    public int BlockStart => start;

    /// <summary>True where the operation has no such operand.</summary>
    public bool IsNull => Address is null;

    /// <summary>True where numbers are multiplied with factors beside them.</summary>
    public bool IsScaled => !scales.IsNone;

    /// <summary>The factors beside them, if any.</summary>
    public ElementScales Scales => scales;

    /// <summary>Bytes of one number of a format without blocks.</summary>
    public int ElementSize => Format switch
    {
        ElementFormat.F32 => 4,
        ElementFormat.BF16 or ElementFormat.F16 => 2,
        _ => 1,
    };

    /// <summary>About how many bytes so many numbers take, for those that ask for memory ahead: parts of blocks are rounded down.</summary>
    public long RoughBytes(long count) => count * Format.BlockBytes() / Format.BlockElements();

    /// <summary>The numbers as fp32 in place, for forms that compute with nothing else; null for none.</summary>
    /// <exception cref="NotSupportedException">They are stored otherwise.</exception>
    public float* Floats
    {
        get
        {
            if (Format != ElementFormat.F32)
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

    /// <summary>The same from number <paramref name="offset"/> on, which may lie within a block.</summary>
    public Elements Slice(long offset) => Format <= ElementFormat.F16
        ? new Elements((byte*)Address + offset * ElementSize, Format)
        : SliceScaled(offset);

    /// <summary>The same numbers multiplied with factors beside them.</summary>
    /// <exception cref="ArgumentException">Only 8-bit floats have such.</exception>
    public Elements Scaled(ElementScales factors) => Format is ElementFormat.F8E4M3 or ElementFormat.F8E5M2
        ? new Elements(Address, Format, factors)
        : throw new ArgumentException($"8-bit floats have scales beside them, not {Format}.", nameof(factors));

    private Elements SliceScaled(long offset)
    {
        (long block, long rest) = Math.DivRem(start + offset, Format.BlockElements());
        return new((byte*)Address + block * Format.BlockBytes(), Format, scales.From(offset), (int)rest);
    }

    [DoesNotReturn]
    private void ThrowNotFloats() => throw new NotSupportedException(
        $"This form computes with F32 in place, not with {(IsScaled ? "scaled " : "")}{Format}; another device may have a form for it.");
}
