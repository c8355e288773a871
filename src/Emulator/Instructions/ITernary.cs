using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A function of three values, and the same for vectors of them if there is one.</summary>
internal interface ITernary<T>
{
    static virtual bool HasVector => false;

    static abstract T Do(T a, T b, T c);

    static virtual Vector256<T> Do(Vector256<T> a, Vector256<T> b, Vector256<T> c) => throw new NotSupportedException();
}
