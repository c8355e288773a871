using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>An array in a thread's own memory (.local). Copies of the handle are the same array; other threads have arrays of their
/// own.</summary>
public readonly ref struct Local<T>
    where T : unmanaged
{
    private readonly ref T first;

    internal Local(ref T first) => this.first = ref first;

    /// <summary>An element; the index isn't checked.</summary>
    public ref T this[int index] => ref Unsafe.Add(ref first, index);

    /// <summary>The part from <paramref name="start"/> on.</summary>
    public Local<T> Slice(int start) => new(ref Unsafe.Add(ref first, start));
}
