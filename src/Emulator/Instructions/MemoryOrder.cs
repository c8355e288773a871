using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Release and acquire patterns (PTX ISA 8.7): what strong accesses and fences pass from thread to thread.</summary>
internal static class MemoryOrder
{
    public static void AfterRead(Warp warp, int lane, Allocation at, long offset, Scope scope, bool acquire)
    {
        Knowledge? news = warp.Cta.Launch.Sync.Read(at, offset, scope, warp.Cta.Number);
        if (news is null) return;
        if (acquire) warp.Learn(1u << lane, news);
        else warp.Acquired[lane] = warp.Acquired[lane]?.Join(news) ?? news;
    }

    public static void BeforeWrite(Warp warp, int lane, Allocation at, long offset, Scope scope, bool release, bool carriesOn)
    {
        warp.Cta.Launch.Progress++;
        SyncTable sync = warp.Cta.Launch.Sync;
        if (scope == Scope.Weak)
        {
            sync.Forget(at, offset);
            return;
        }
        Knowledge? news = release ? warp.Publish(1u << lane) : warp.Released[lane];
        if (news is not null) sync.Publish(at, offset, news, scope, warp.Cta.Number, carriesOn);
    }

    /// <summary>fence and membar: takes in what relaxed reads saw, and lets later relaxed writes publish.</summary>
    public static void Fence(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (warp.Acquired[lane] is { } news) warp.Learn(1u << lane, news);
            warp.Acquired[lane] = null;
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Released[lane] = warp.Publish(1u << lane);
        }
    }
}
