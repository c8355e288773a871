using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// A number as it lies in a device's memory, for kernels that are generic over how numbers are stored: they compute in fp32 whatever it
/// is. (An interface of instances, since ILGPU compiles no static ones: <c>default(T).From(x)</c>.)
/// </summary>
internal interface IStored<TSelf> where TSelf : unmanaged, IStored<TSelf>
{
    /// <summary>The number.</summary>
    float Value { get; }

    /// <summary>A number, rounded half to even.</summary>
    TSelf From(float value);
}

/// <summary>IEEE binary32.</summary>
internal readonly struct StoredF32(float value) : IStored<StoredF32>
{
    private readonly float value = value;

    /// <inheritdoc/>
    public float Value => value;

    /// <inheritdoc/>
    public StoredF32 From(float value) => new(value);
}

/// <summary>bfloat16, by operations on its bits: ILGPU 1.5 has no such type.</summary>
internal readonly struct StoredBF16(ushort bits) : IStored<StoredBF16>
{
    private readonly ushort bits = bits;

    /// <inheritdoc/>
    public float Value => Interop.IntAsFloat((uint)bits << 16);

    /// <inheritdoc/>
    public StoredBF16 From(float value)
    {
        uint all = Interop.FloatAsInt(value);
        uint rounded = (all + 0x7FFF + ((all >> 16) & 1)) >> 16;
        bool isNaN = (all & 0x7FFF_FFFF) > 0x7F80_0000;
        return new StoredBF16((ushort)(isNaN ? all >> 16 | 0x40 : rounded));
    }
}

/// <summary>
/// IEEE binary16, by operations on its bits: so it is rounded alike everywhere, and no device has to have the type.
/// </summary>
internal readonly struct StoredF16(ushort bits) : IStored<StoredF16>
{
    private const uint Least = 0x3880_0000; // 2⁻¹⁴, the least that isn't subnormal
    private const uint Beyond = 0x4780_0000; // 2¹⁶, more than any

    private readonly ushort bits = bits;

    /// <inheritdoc/>
    public float Value
    {
        get
        {
            uint magnitude = (uint)(bits & 0x7FFF), sign = (uint)(bits & 0x8000) << 16;
            // The exponents' difference, 112, by a product: so subnormals come out right, too.
            uint wide = Interop.FloatAsInt(Interop.IntAsFloat(magnitude << 13) * 5.192296858534828e33f);
            return Interop.IntAsFloat((magnitude >= 0x7C00 ? wide | 0x7F80_0000 : wide) | sign);
        }
    }

    /// <inheritdoc/>
    public StoredF16 From(float value)
    {
        uint all = Interop.FloatAsInt(value), magnitude = all & 0x7FFF_FFFF, sign = all >> 16 & 0x8000;
        // All three, and then a choice without branches: ILGPU takes some for uniform that aren't.
        uint huge = magnitude > 0x7F80_0000 ? 0x7E00u : 0x7C00u;
        uint tiny = Interop.FloatAsInt(Interop.IntAsFloat(magnitude) + 0.5f) - 0x3F00_0000; // the sum rounds to units of 2⁻²⁴
        uint normal = (magnitude + 0xC800_0FFF + (magnitude >> 13 & 1)) >> 13;
        uint finite = magnitude < Least ? tiny : normal;
        uint result = magnitude >= Beyond ? huge : finite;
        return new StoredF16((ushort)(result | sign));
    }
}
