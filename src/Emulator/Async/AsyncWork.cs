using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Async;

/// <summary>Decides when issued work takes effect.</summary>
internal static class AsyncWork
{
    /// <param name="inOrder">it may not overtake the warp's earlier work of its kind</param>
    public static void Issue(Warp warp, AsyncOperation operation, bool inOrder = false)
    {
        Launch launch = warp.Cta.Launch;
        bool now = launch.Options.Timing switch
        {
            AsyncTiming.Early => true,
            AsyncTiming.Late => false,
            _ => launch.Random.Next(2) == 0,
        };
        if (inOrder && now)
            launch.Pending.FinishWhere(o => o.Actor == operation.Actor && o.Warp == warp);
        if (now)
            operation.Finish();
        else
            launch.Pending.Add(operation);
        launch.Progress++;
    }

    /// <summary>An access booked on a channel of the lane: issued now, done some time later.</summary>
    public static Access Book(Warp warp, Actor actor, int lane, int line)
    {
        SelfChannel channel = warp.Async.Channel(actor, warp.Cta);
        warp.Begin(line);
        warp.SetLane(lane);
        Access access = warp.Access;
        access.Actor = actor;
        access.Entity = channel.EntityOf(lane);
        access.Mask = 1;
        access.Clock = channel.LastUsed[lane] = channel.Group[lane];
        return access;
    }
}
