using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>A place in shared memory with elements of one type. It knows its address only: the launch fixes how much lies there.</summary>
/// <param name="address">in .shared</param>
public readonly struct Shared<T>(uint address)
    where T : unmanaged
{
    /// <summary>32-bit address of the first element.</summary>
    public uint Address => address;

    /// <summary>An element.</summary>
    public ref T this[int index] => ref Unsafe.Add(ref Shared.At<T>(address), index);

    /// <summary>The part from <paramref name="start"/> on.</summary>
    public Shared<T> Slice(int start) => new(address + (uint)(start * Unsafe.SizeOf<T>()));

    /// <summary>The same place as elements of another type.</summary>
    public Shared<TOther> As<TOther>()
        where TOther : unmanaged => new(address);
}
