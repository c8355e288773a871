using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>
/// An array in a thread's registers. Every index must be known once loops are unrolled: registers have no addresses. Copies of the handle
/// are the same array.
/// </summary>
public readonly ref struct Registers<T>
    where T : unmanaged
{
    private readonly ref T first;

    internal Registers(ref T first) => this.first = ref first;

    /// <summary>An element.</summary>
    public ref T this[int index] => ref Unsafe.Add(ref first, index);

    /// <summary>The part from <paramref name="start"/> on.</summary>
    public Registers<T> Slice(int start) => new(ref Unsafe.Add(ref first, start));

    /// <summary>The first elements as a value of another type, such as an operand of a matrix instruction.</summary>
    public ref TOther As<TOther>()
        where TOther : unmanaged => ref Unsafe.As<T, TOther>(ref first);
}
