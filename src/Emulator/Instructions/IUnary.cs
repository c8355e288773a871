using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A function of one value, and the same for a vector of them if there is one.</summary>
internal interface IUnary<TIn, TOut>
{
    static virtual bool HasVector => false;

    static abstract TOut Do(TIn a);

    /// <summary>Which bits of the result nobody wrote; null: all of them.</summary>
    static virtual PartlyWritten? Carry(PartlyWritten a) => null;

    static virtual Vector256<TOut> Do(Vector256<TIn> a) => throw new NotSupportedException();
}
