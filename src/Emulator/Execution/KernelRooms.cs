using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>What CTAs of a kernel leave to later ones, so that a launch allocates little.</summary>
internal sealed class KernelRooms(KernelCode code, SharedLayout layout)
{
    private const long MostBytes = 32 << 20;

    private readonly Stack<WarpRoom> warps = [];
    private readonly Stack<SharedMemory> shared = [];
    private long kept;

    public WarpRoom TakeWarp()
    {
        if (!warps.TryPop(out WarpRoom? room))
            return new WarpRoom(code);
        kept -= room.Bytes;
        room.Reset();
        return room;
    }

    public SharedMemory TakeShared()
    {
        if (!shared.TryPop(out SharedMemory? room))
            return new SharedMemory(layout);
        kept -= room.Used;
        room.Reset();
        return room;
    }

    /// <summary>A CTA has ended, and nothing of it is under way.</summary>
    public void Give(Cta cta)
    {
        foreach (Warp warp in cta.Warps)
        {
            if (kept + warp.Room.Bytes > MostBytes)
                return;
            kept += warp.Room.Bytes;
            warps.Push(warp.Room);
        }
        if (kept + cta.Shared.Used > MostBytes)
            return;
        kept += cta.Shared.Used;
        shared.Push(cta.Shared);
    }
}
