using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Release and acquire patterns (PTX ISA 8.7): what strong accesses and fences pass from thread to thread.</summary>
internal static unsafe class MemoryOrder
{
    /// <summary>
    /// A plain strong read of one element; the bits of an older value if it returns one. <see cref="Warp.Access"/> must be set to the lane.
    /// </summary>
    public static ulong? Read(Warp warp, Allocation at, long offset, int bytes, bool acquire)
    {
        if (at.Strong?.Find(offset, bytes) is not { } place)
            return null;
        Launch launch = warp.Cta.Launch;
        StrongValue? value = place.Read(warp.Access, launch.Options.Timing, launch.Random);
        if (value is null)
            return null;
        Observe(warp, value, acquire);
        return ReferenceEquals(value, place.Newest) ? null : value.Bits;
    }

    /// <summary>A strong write, before its bits are in memory.</summary>
    public static void Write(Warp warp, Allocation at, long offset, int bytes, bool release) =>
        Write(warp, (at.Strong ??= new StrongPlaces(at.Size)).Make(offset, bytes), at, release, null);

    /// <summary>The reading half of a read-modify-write: it reads the newest value.</summary>
    public static StrongPlace ReadNewest(Warp warp, Allocation at, long offset, int bytes, bool acquire)
    {
        StrongPlace place = (at.Strong ??= new StrongPlaces(at.Size)).Make(offset, bytes);
        if (place.Newest is { } old && Observe(warp, old, acquire))
            warp.SetLane(warp.Access.Lane);
        return place;
    }

    /// <summary>The same with a relaxed read of a place that is known already.</summary>
    public static void ReadNewest(Warp warp, StrongPlace place)
    {
        if (place.Newest is { } old && Observe(warp, old, acquire: false))
            warp.SetLane(warp.Access.Lane);
    }

    /// <summary>The writing half: it passes on what stood there (observation order).</summary>
    public static void Update(Warp warp, StrongPlace place, Allocation at, bool release) => Write(warp, place, at, release, place.Newest);

    private static void Write(Warp warp, StrongPlace place, Allocation at, bool release, StrongValue? carried)
    {
        Access access = warp.Access;
        warp.Cta.Launch.Progress++;
        ulong before = place.Bytes <= sizeof(ulong) ? ScalarBits.Read(at.Data + place.Offset, place.Bytes) : 0;
        ref ScopedKnowledge released = ref warp.Released[access.Lane];
        bool tellsNothing = !release && released.IsEmpty && warp.Sequenced[access.Lane] is null
            && (carried is null || (carried.News.IsEmpty && ReferenceEquals(carried.Sequenced, VectorClock.Empty)));
        if (tellsNothing)
        {
            place.Add(default, VectorClock.Empty, access, before);
            return;
        }
        ScopedKnowledge news = released;
        VectorClock sequenced = warp.Sequenced[access.Lane] ?? VectorClock.Empty;
        if (release)
            news = news.With(access.Scope, warp.Publish(1u << access.Lane));
        if (carried is not null && access.SharesScope(carried.Scope, carried.Cta))
        {
            if (!carried.News.IsEmpty)
                news = (carried.Cta == access.Cta ? carried.News : carried.News.Abroad(warp.Cta.IsInCluster(carried.Cta))).Join(news);
            sequenced = carried.Sequenced.Join(sequenced);
        }
        place.Add(news, sequenced, access, before);
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
            if (warp.Acquired[lane].Take(scope) is { } seen)
                warp.Learn(1u << lane, seen);
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (isSequential)
                TakeOrder(warp, lane, scope);
            Knowledge news = warp.Publish(1u << lane);
            if (isSequential)
                FenceOrder.Add(warp.Cta, scope, news.Seen.Join(news.Ordered));
            if (isSequential && scope >= Scope.Gpu)
                warp.Sequenced[lane] = news.Seen;
            warp.Released[lane] = warp.Released[lane].With(scope, news);
        }
    }

    /// <summary>A fence.sc comes after those before it here, and in every run after those that an earlier read depends on.</summary>
    private static void TakeOrder(Warp warp, int lane, Scope scope)
    {
        Knowledge order = Knowledge.None with { Ordered = FenceOrder.Before(warp.Cta, scope) };
        if (scope >= Scope.Gpu)
            order = order with { Seen = warp.Knowledge[lane].Sequenced };
        warp.Learn(1u << lane, order);
    }

    /// <summary>Takes in what a value tells its reader; whether the reader knows more at once.</summary>
    private static bool Observe(Warp warp, StrongValue value, bool acquire)
    {
        Access access = warp.Access;
        if (!access.SharesScope(value.Scope, value.Cta))
            return false;
        bool learns = !ReferenceEquals(value.Sequenced, VectorClock.Empty);
        if (learns)
            warp.Learn(1u << access.Lane, Knowledge.None with { Sequenced = value.Sequenced });
        (Knowledge? news, Scope needed) = value.Cta == access.Cta ? (value.News.Cta, Scope.Cta)
            : warp.Cta.IsInCluster(value.Cta) ? (value.News.Cluster, Scope.Cluster) : (value.News.Gpu, Scope.Gpu);
        if (news is null)
            return learns;
        if (!acquire || access.Scope < needed)
        {
            warp.Acquired[access.Lane].Add(needed, news);
            return learns;
        }
        warp.Learn(1u << access.Lane, news);
        return true;
    }
}
