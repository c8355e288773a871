using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>d = f(a, b, c), lane by lane or a vector at a time when the whole warp is there.</summary>
internal sealed unsafe class Ternary<T, TFunction>(int d, int a, int b, int c) : ValueInstruction
    where T : unmanaged where TFunction : struct, ITernary<T>
{
    public override Unwritten Carry(Warp warp, int lane, int result) =>
        TFunction.Carry(Of(warp, a, lane), Of(warp, b, lane), Of(warp, c, lane)) is { } known
            ? known.ToUnwritten(sizeof(T)) : base.Carry(warp, lane, result);

    private static PartlyWritten Of(Warp warp, int slot, int lane) => PartlyWritten.Of(warp, new(slot, sizeof(T)), lane);

    public override void Execute(Warp warp)
    {
        T* to = warp.Slot<T>(d), x = warp.Slot<T>(a), y = warp.Slot<T>(b), z = warp.Slot<T>(c);
        if (warp.Active == ~0u)
        {
            if (TFunction.HasVector)
            {
                for (int i = 0; i < Warp.Lanes; i += Vector256<T>.Count)
                    TFunction.Do(Vector256.Load(x + i), Vector256.Load(y + i), Vector256.Load(z + i)).Store(to + i);
            }
            else
            {
                for (int i = 0; i < Warp.Lanes; i++)
                    to[i] = TFunction.Do(x[i], y[i], z[i]);
            }
            return;
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            to[lane] = TFunction.Do(x[lane], y[lane], z[lane]);
        }
    }
}
