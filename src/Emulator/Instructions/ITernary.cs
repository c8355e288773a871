using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A function of three values, and the same for vectors of them if there is one.</summary>
internal interface ITernary<T>
{
    static virtual bool HasVector => false;

    static abstract T Do(T a, T b, T c);

    /// <summary>Which bits of the result nobody wrote; null: all of them.</summary>
    static virtual PartlyWritten? Carry(PartlyWritten a, PartlyWritten b, PartlyWritten c) => null;

    static virtual Vector256<T> Do(Vector256<T> a, Vector256<T> b, Vector256<T> c) => throw new NotSupportedException();
}
