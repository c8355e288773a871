using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>mov: a register that nobody wrote may be moved; what it is moved to then counts as unwritten.</summary>
internal sealed unsafe class MoveLanes<T>(int d, int a) : Instruction where T : unmanaged
{
    public override void Execute(Warp warp)
    {
        uint active = warp.Active;
        if (warp.Code.UsesWgmma && (active & ~warp.Ready[a]) != 0 && warp.Wgmma.IsPending(a))
            throw RegisterFaults.Unreadable(warp, this, a, active);
        warp.Ready[d] = warp.Ready[d] & ~active | warp.Ready[a] & active;
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
