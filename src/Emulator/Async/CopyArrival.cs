using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// cp.async.mbarrier.arrive (PTX ISA 9.7.13.15.17): an arrival once all cp.async that the thread issued before are done; it tells whoever
/// waits of their data.
/// </summary>
/// <param name="counts">without .noinc: the phase waits for one arrival more, this one</param>
internal sealed unsafe class CopyArrival(Address address, bool isGeneric, bool counts) : Instruction
{
    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        SelfChannel channel = warp.Async.Channel(Actor.CopyAsync, warp.Cta);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Begin(Line);
            warp.SetLane(lane);
            MemoryBarrier barrier = BarrierReference.Find(warp, (ulong)warp.Addresses[lane], lane, isGeneric);
            if (counts)
                barrier.AwaitOneMore();
            int group = channel.LastUsed[lane], line = Line;
            VectorClock done = group == 0 ? VectorClock.Empty : VectorClock.Empty.With(warp.Cta.Number, channel.EntityOf(lane), 1, group);
            Knowledge news = Knowledge.None with { Seen = done };
            AsyncWork.Issue(warp, new AsyncOperation(Actor.CopyAsync, warp, lane, Math.Max(group, 1), () =>
                Finish(warp, lane, group, line, barrier, news)));
        }
    }

    private static void Finish(Warp warp, int lane, int group, int line, MemoryBarrier barrier, Knowledge news)
    {
        warp.Cta.Launch.Pending.FinishWhere(o => o.Actor == Actor.CopyAsync && o.Warp == warp && o.Lane == lane && o.Group <= group);
        try
        {
            barrier.Arrive(1, news, drop: false);
        }
        catch (FaultException fault)
        {
            throw fault.By(warp, lane, line);
        }
    }
}
