using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>d = f(a), lane by lane or a vector at a time when the whole warp is there.</summary>
internal sealed unsafe class Unary<TIn, TOut, TFunction>(int d, int a) : ValueInstruction
    where TIn : unmanaged where TOut : unmanaged where TFunction : struct, IUnary<TIn, TOut>
{
    public override Unwritten Carry(Warp warp, int lane, int result) =>
        TFunction.Carry(PartlyWritten.Of(warp, new(a, sizeof(TIn)), lane)) is { } known
            ? known.ToUnwritten(sizeof(TOut)) : base.Carry(warp, lane, result);

    public override void Execute(Warp warp)
    {
        TOut* to = warp.Slot<TOut>(d);
        TIn* from = warp.Slot<TIn>(a);
        if (warp.Active == ~0u)
        {
            if (TFunction.HasVector && sizeof(TIn) == sizeof(TOut))
            {
                for (int i = 0; i < Warp.Lanes; i += Vector256<TIn>.Count)
                    TFunction.Do(Vector256.Load(from + i)).Store(to + i);
            }
            else
            {
                for (int i = 0; i < Warp.Lanes; i++)
                    to[i] = TFunction.Do(from[i]);
            }
            return;
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            to[lane] = TFunction.Do(from[lane]);
        }
    }
}
