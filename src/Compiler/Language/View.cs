namespace CogVideoX.Compiler.Language;

/// <summary>
/// Memory of the device: a pointer to .global and how many elements lie there, both of 64 bits: 16 bytes as an argument.
/// A compilation that checks traps outside of them.
/// </summary>
public readonly unsafe struct View<T>
    where T : unmanaged
{
    private readonly T* pointer;
    private readonly long length;

    /// <summary>Over memory on the device (or, on the host, anywhere).</summary>
    public View(T* pointer, long length)
    {
        this.pointer = pointer;
        this.length = length;
    }

    /// <summary>Elements.</summary>
    public long Length => length;

    /// <summary>Address of the first element.</summary>
    public T* Pointer => pointer;

    /// <summary>
    /// The element at <paramref name="index"/>; neither cached nor checked beyond what the compilation asks. 32 bits of index reach the
    /// first 2³¹ elements: beyond them the index must be computed in 64 bits.
    /// </summary>
    public ref T this[int index]
    {
        get
        {
            if (Checks.AreOn && (ulong)index >= (ulong)length)
                Trap.Now();
            return ref pointer[index];
        }
    }

    /// <summary>The element at a 64-bit index.</summary>
    public ref T this[long index]
    {
        get
        {
            if (Checks.AreOn && (ulong)index >= (ulong)length)
                Trap.Now();
            return ref pointer[index];
        }
    }

    /// <summary>The part from <paramref name="start"/> on.</summary>
    public View<T> Slice(long start, long count)
    {
        if (Checks.AreOn && (start < 0 || count < 0 || start > length - count))
            Trap.Now();
        return new(pointer + start, count);
    }

    /// <summary>The same memory as elements of another type; its length is computed anew.</summary>
    public View<TOther> As<TOther>()
        where TOther : unmanaged
        => new((TOther*)pointer, length * sizeof(T) / sizeof(TOther));
}

/// <summary>What this compilation checks while the kernel runs.</summary>
internal static class Checks
{
    /// <summary>True where views check their bounds: a constant of the compilation. On the host, always.</summary>
    public static bool AreOn { [DeviceIntrinsic(DeviceIntrinsic.IsChecked)] get => true; }
}
