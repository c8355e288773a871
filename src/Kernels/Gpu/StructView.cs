using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Gpu;

/// <summary>A view, or a pointer alone, inside a struct that is an argument of <see cref="EmulatedLaunch"/>.</summary>
public sealed class StructView
{
    private readonly bool hasLength;

    private StructView(int offset, Array elements, int bytes, bool hasLength) =>
        (Offset, Elements, Bytes, this.hasLength) = (offset, elements, bytes, hasLength);

    /// <summary>From the struct's beginning, in bytes.</summary>
    public int Offset { get; }

    internal Array Elements { get; }

    internal int Bytes { get; }

    /// <summary>The struct has a view of these elements there: their address, and their number after it.</summary>
    public static StructView At<T>(int offset, T[] elements)
        where T : unmanaged => Of(offset, elements, hasLength: true);

    /// <summary>The struct has a pointer to these elements there.</summary>
    public static StructView PointerAt<T>(int offset, T[] elements)
        where T : unmanaged => Of(offset, elements, hasLength: false);

    /// <summary>Puts the number of elements where the view's length belongs; false if the view doesn't lie in the struct.</summary>
    internal bool TryWriteLength(byte[] structure)
    {
        int size = sizeof(ulong) + (hasLength ? sizeof(long) : 0);
        if (Offset < 0 || Offset % sizeof(ulong) != 0 || Offset > structure.Length - size)
            return false;
        if (hasLength)
            BinaryPrimitives.WriteInt64LittleEndian(structure.AsSpan(Offset + sizeof(ulong)), Elements.Length);
        return true;
    }

    private static StructView Of<T>(int offset, T[] elements, bool hasLength)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(elements);
        return new StructView(offset, elements, elements.Length * Unsafe.SizeOf<T>(), hasLength);
    }
}
