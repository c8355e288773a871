using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>mov of registers.</summary>
internal sealed unsafe class MoveLanes<T>(int d, int a) : ValueInstruction where T : unmanaged
{
    public override Unwritten Carry(Warp warp, int lane, int result) => warp.Unwritten.Of(a, lane);

    public override void Execute(Warp warp)
    {
        uint active = warp.Active;
        T* to = warp.Slot<T>(d), from = warp.Slot<T>(a);
        if (active == ~0u)
        {
            new ReadOnlySpan<T>(from, Warp.Lanes).CopyTo(new Span<T>(to, Warp.Lanes));
            return;
        }
        for (uint rest = active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            to[lane] = from[lane];
        }
    }
}
