using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Numbers whose format a kernel learns when it runs, for operands beside the activations: a kernel for each combination of formats would
/// be too many. All threads take the same way.
/// </summary>
internal readonly struct AnyNumbers
{
    private readonly ArrayView<byte> bytes;
    private readonly ArrayView<float> factors;
    private readonly long elementsPerFactor;
    private readonly int format;

    /// <param name="queue">Where the kernel is launched.</param>
    /// <param name="operand">The numbers; null for none.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="NotSupportedException">They lie in blocks.</exception>
    public unsafe AnyNumbers(IlgpuQueue queue, Elements operand, long count)
    {
        if (operand.Format > ElementFormat.F8E5M2)
            throw new NotSupportedException($"The portable kernels don't read {operand.Format}.");
        format = (int)operand.Format;
        bytes = queue.View<byte>(operand, operand.Format.Bytes(count));
        ElementScales scales = operand.Scales;
        elementsPerFactor = scales.ElementsPerFactor;
        factors = scales.IsNone || count == 0
            ? ArrayView<float>.Empty
            : queue.View<float>((void*)scales.Factors, elementsPerFactor == 0 ? 1 : (count - 1) / elementsPerFactor + 1);
    }

    /// <summary>Whether the operation has no such operand.</summary>
    public bool IsNull => bytes.Length == 0;

    /// <summary>One number.</summary>
    public float One(long index)
    {
        if (format == (int)ElementFormat.F32)
            return bytes.Cast<StoredF32>()[index].Value;
        if (format == (int)ElementFormat.BF16)
            return bytes.Cast<StoredBF16>()[index].Value;
        return format == (int)ElementFormat.F16 ? bytes.Cast<StoredF16>()[index].Value : OneOfEightBits(index);
    }

    /// <summary>Four numbers; the address of the first is a multiple of their bytes.</summary>
    public Quad Four(long index)
    {
        if (format == (int)ElementFormat.F32)
            return Packs.Load(bytes.Cast<Pack4<StoredF32>>().AsAligned(16), index >> 2);
        if (format == (int)ElementFormat.BF16)
            return Packs.Load(bytes.Cast<Pack4<StoredBF16>>().AsAligned(8), index >> 2);
        return format == (int)ElementFormat.F16
            ? Packs.Load(bytes.Cast<Pack4<StoredF16>>().AsAligned(8), index >> 2)
            : new Quad(OneOfEightBits(index), OneOfEightBits(index + 1), OneOfEightBits(index + 2), OneOfEightBits(index + 3));
    }

    private float OneOfEightBits(long index)
    {
        byte bits = bytes[index];
        float value = format == (int)ElementFormat.F8E4M3
            ? FromE4M3(bits)
            : new StoredF16((ushort)(bits << 8)).Value; // E5M2 is the upper half of a binary16
        if (factors.Length == 0)
            return value;
        return value * factors[elementsPerFactor == 0 ? 0 : Division.Quotient(index, elementsPerFactor)];
    }

    private static float FromE4M3(byte bits)
    {
        uint magnitude = (uint)(bits & 0x7F), sign = (uint)(bits & 0x80) << 24;
        // The exponents' difference, 120, by a product: so subnormals come out right, too.
        uint wide = Interop.FloatAsInt(Interop.IntAsFloat(magnitude << 20) * 1.329227995784916e36f);
        return Interop.IntAsFloat((magnitude == 0x7F ? 0x7FC0_0000 : wide) | sign);
    }
}
