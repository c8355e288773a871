using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A question about two values, and the same for vectors (all ones where it holds).</summary>
internal interface IComparison<T>
{
    static abstract bool Do(T a, T b);

    static abstract Vector256<T> Do(Vector256<T> a, Vector256<T> b);
}
