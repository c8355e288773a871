namespace CogVideoX.Emulator.Execution;

/// <summary>Bytes of a thread's frame that a call or return copies; slots of registers if <see cref="InRegisters"/>.</summary>
internal readonly record struct FrameCopy(int From, int To, int Bytes, bool InRegisters = false)
{
    /// <summary>Copies for the active lanes, and whether the bytes were written.</summary>
    public unsafe void Apply(Warp warp)
    {
        if (!InRegisters)
        {
            warp.Local.Copy(this, warp.Active);
            return;
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Unwritten.Set(To, lane, warp.Unwritten.Of(From, lane));
        }
        if (Bytes == 0)
        {
            ref uint to = ref warp.Predicate(To);
            to = to & ~warp.Active | warp.Predicate(From) & warp.Active;
            return;
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            Buffer.MemoryCopy(warp.Slot<byte>(From) + lane * Bytes, warp.Slot<byte>(To) + lane * Bytes, Bytes, Bytes);
        }
    }
}
