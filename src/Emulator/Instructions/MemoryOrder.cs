using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Release and acquire patterns (PTX ISA 8.7): what strong accesses and fences pass from thread to thread.</summary>
internal static unsafe class MemoryOrder
{
    /// <summary>A plain strong read of one element; the bits of an older value if it returns one. <see cref="Warp.Access"/> must be set to the lane.</summary>
    public static ulong? Read(Warp warp, Allocation at, long offset, int bytes, bool acquire)
    {
        if (at.Strong?.Find(offset, bytes) is not { } place) return null;
        Launch launch = warp.Cta.Launch;
        StrongValue? value = place.Read(warp.Access, launch.Options.Timing, launch.Random);
        if (value is null) return null;
        Observe(warp, value, acquire);
        return ReferenceEquals(value, place.Newest) ? null : value.Bits;
    }

    /// <summary>An atomic reads the newest value.</summary>
    public static void ReadNewest(Warp warp, Allocation at, long offset, int bytes, bool acquire)
    {
        if (at.Strong?.Find(offset, bytes)?.Newest is { } value) Observe(warp, value, acquire);
    }

    /// <summary>A strong write, before its bits are in memory.</summary>
    /// <param name="carriesOn">a read-modify-write, which passes on what stood there (observation order)</param>
    public static void Write(Warp warp, Allocation at, long offset, int bytes, bool release, bool carriesOn)
    {
        Access access = warp.Access;
        warp.Cta.Launch.Progress++;
        StrongPlace place = (at.Strong ??= new StrongPlaces()).Make(offset, bytes);
        ScopedKnowledge news = warp.Released[access.Lane];
        if (release) news = news.With(access.Scope, warp.Publish(1u << access.Lane));
        if (carriesOn && place.Newest is { } old && access.SharesScope(old.Scope, old.Cta))
            news = (old.Cta == access.Cta ? old.News : old.News.Abroad(warp.Cta.IsInCluster(old.Cta))).Join(news);
        ulong before = 0;
        if (bytes <= sizeof(ulong)) Buffer.MemoryCopy(at.Data + offset, &before, sizeof(ulong), bytes);
        place.Add(new StrongValue(news, access.Scope, access.Cta), access, before);
    }

    /// <summary>A weak write.</summary>
    public static void Overwrite(Warp warp, Allocation at, long offset, int bytes)
    {
        warp.Cta.Launch.Progress++;
        at.Strong?.Forget(offset, bytes);
    }

    /// <summary>fence and membar: takes in what relaxed reads saw, and lets later relaxed writes publish.</summary>
    /// <param name="isSequential">fence.sc and membar, which come one after the other (PTX ISA 8.10, Fence-SC order)</param>
    public static void Fence(Warp warp, Scope scope, bool isSequential)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (warp.Acquired[lane].Take(scope) is { } seen) warp.Learn(1u << lane, seen);
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (isSequential) warp.Learn(1u << lane, Knowledge.None with { Ordered = FenceOrder.Before(warp.Cta, scope) });
            Knowledge news = warp.Publish(1u << lane);
            if (isSequential) FenceOrder.Add(warp.Cta, scope, news.Seen.Join(news.Ordered));
            warp.Released[lane] = warp.Released[lane].With(scope, news);
        }
    }

    private static void Observe(Warp warp, StrongValue value, bool acquire)
    {
        Access access = warp.Access;
        if (!access.SharesScope(value.Scope, value.Cta)) return;
        (Knowledge? news, Scope needed) = value.Cta == access.Cta ? (value.News.Cta, Scope.Cta)
            : warp.Cta.IsInCluster(value.Cta) ? (value.News.Cluster, Scope.Cluster) : (value.News.Gpu, Scope.Gpu);
        if (news is null) return;
        if (acquire && access.Scope >= needed) warp.Learn(1u << access.Lane, news);
        else warp.Acquired[access.Lane].Add(needed, news);
    }
}
