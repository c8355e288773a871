using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;

namespace CogVideoX.Emulator.Async;

/// <summary>mbarrier.init, inval, expect_tx, complete_tx, arrive and arrive_drop (PTX ISA 9.7.13.15.9–15).</summary>
internal sealed class BarrierOperation(
    string action, Address address, bool isGeneric, LaneSlot? token, LaneSlot? count, LaneSlot? bytes, bool relaxed,
    bool mayNotComplete) : Instruction
{
    /// <summary>Where the state that an arrival gives has the pending count; below stands the phase.</summary>
    public const int PendingShift = 32;

    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Begin(Line);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Begin(Line);
            warp.SetLane(lane);
            One(warp, lane, Memory(warp, lane));
        }
    }

    private unsafe ulong Memory(Warp warp, int lane) => (ulong)warp.Addresses[lane];

    private void One(Warp warp, int lane, ulong at)
    {
        if (action == "init")
        {
            (MemoryBarrierTable table, ulong local) = BarrierReference.Table(warp, at, lane, isGeneric);
            table.Initialize(warp, local, lane, (uint)count!.Value.Read(warp, lane));
            return;
        }
        if (action == "inval")
        {
            (MemoryBarrierTable table, ulong local) = BarrierReference.Table(warp, at, lane, isGeneric);
            table.Invalidate(warp, local, lane);
            return;
        }
        MemoryBarrier barrier = BarrierReference.Find(warp, at, lane, isGeneric);
        if (bytes is { } tx && action != "complete_tx")
            barrier.Expect((int)tx.Read(warp, lane));
        if (action == "complete_tx")
            barrier.Deliver((int)bytes!.Value.Read(warp, lane), barrier.Phase);
        if (action is not ("arrive" or "arrive_drop"))
            return;
        token?.Write(warp, lane, (uint)barrier.Phase | (ulong)(uint)barrier.Pending << PendingShift);
        int phase = barrier.Phase;
        Knowledge news = relaxed ? Knowledge.None : warp.Publish(1u << lane);
        barrier.Arrive(count is { } arrivals ? (int)arrivals.Read(warp, lane) : 1, news, action == "arrive_drop");
        if (mayNotComplete && barrier.Phase != phase)
            throw new FaultException(FaultKind.Invalid, "an arrival with .noComplete completes the phase") { Lane = lane, Address = at };
    }
}
