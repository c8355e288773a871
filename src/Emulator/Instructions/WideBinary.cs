using System.Numerics;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>d = a·b, or a·b + c, with the result twice as wide (mul.wide, mad.wide; PTX ISA 9.7.1.3–4).</summary>
internal sealed unsafe class WideBinary<TIn, TOut, TFunction>(int d, int a, int b, int? c) : ValueInstruction
    where TIn : unmanaged where TOut : unmanaged, IBinaryInteger<TOut> where TFunction : struct, IBinaryWiden<TIn, TOut>
{
    public override void Execute(Warp warp)
    {
        TOut* to = warp.Slot<TOut>(d);
        TIn* left = warp.Slot<TIn>(a), right = warp.Slot<TIn>(b);
        TOut* addend = c is { } slot ? warp.Slot<TOut>(slot) : null;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            TOut product = TFunction.Do(left[lane], right[lane]);
            to[lane] = addend is null ? product : unchecked(product + addend[lane]);
        }
    }
}

/// <summary>A function of two values whose result is of another type.</summary>
internal interface IBinaryWiden<TIn, TOut>
{
    static abstract TOut Do(TIn a, TIn b);
}
