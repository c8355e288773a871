using System.Runtime.CompilerServices;
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
    private readonly int format;

    /// <param name="queue">Where the kernel is launched.</param>
    /// <param name="operand">The numbers; null for none.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="NotSupportedException">There are no portable kernels for the format.</exception>
    public AnyNumbers(IlgpuQueue queue, Elements operand, long count)
        : this(queue.View<byte>(operand, StoredAs.Format(operand).Bytes(count)), (int)StoredAs.Format(operand))
    {
    }

    private AnyNumbers(ArrayView<byte> bytes, int format)
    {
        this.bytes = bytes;
        this.format = format;
    }

    /// <summary>Whether the operation has no such operand.</summary>
    public bool IsNull => bytes.Length == 0;

    /// <summary>
    /// One or another of the same format, each thread its own choice. (The format isn't chosen: ILGPU would take what depends on it for
    /// the same in all threads, whatever chose.)
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AnyNumbers Choose(bool first, AnyNumbers one, AnyNumbers other) => new(first ? one.bytes : other.bytes, other.format);

    /// <summary>Whether these and others have one format.</summary>
    public bool IsAlike(AnyNumbers other) => format == other.format;

    /// <summary>One number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float One(long index)
    {
        if (format == (int)ElementFormat.F32)
            return bytes.Cast<StoredF32>()[index].Value;
        return format == (int)ElementFormat.BF16 ? bytes.Cast<StoredBF16>()[index].Value : bytes.Cast<StoredF16>()[index].Value;
    }

    /// <summary>Four numbers; the address of the first is a multiple of their bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Quad Four(long index)
    {
        if (format == (int)ElementFormat.F32)
            return Packs.Load(bytes.Cast<Pack4<StoredF32>>().AsAligned(16), index >> 2);
        return format == (int)ElementFormat.BF16
            ? Packs.Load(bytes.Cast<Pack4<StoredBF16>>().AsAligned(8), index >> 2)
            : Packs.Load(bytes.Cast<Pack4<StoredF16>>().AsAligned(8), index >> 2);
    }
}
