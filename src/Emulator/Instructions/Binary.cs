using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>d = f(a, b), lane by lane or a vector at a time when the whole warp is there.</summary>
internal sealed unsafe class Binary<T, TFunction>(int d, int a, int b) : ValueInstruction
    where T : unmanaged where TFunction : struct, IBinary<T>
{
    public override Unwritten Carry(Warp warp, int lane, int result) =>
        TFunction.Carry(PartlyWritten.Of(warp, new(a, sizeof(T)), lane), PartlyWritten.Of(warp, new(b, sizeof(T)), lane)) is { } known
            ? known.ToUnwritten(sizeof(T)) : base.Carry(warp, lane, result);

    public override void Execute(Warp warp)
    {
        T* to = warp.Slot<T>(d), left = warp.Slot<T>(a), right = warp.Slot<T>(b);
        if (warp.Active == ~0u)
        {
            if (TFunction.HasVector)
            {
                for (int i = 0; i < Warp.Lanes; i += Vector256<T>.Count)
                    TFunction.Do(Vector256.Load(left + i), Vector256.Load(right + i)).Store(to + i);
            }
            else
            {
                for (int i = 0; i < Warp.Lanes; i++)
                    to[i] = TFunction.Do(left[i], right[i]);
            }
            return;
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            to[lane] = TFunction.Do(left[lane], right[lane]);
        }
    }
}
