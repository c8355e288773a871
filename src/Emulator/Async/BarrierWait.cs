using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// mbarrier.test_wait and try_wait (PTX ISA 9.7.13.15.16). try_wait sleeps until the phase completes, or gives up once nobody
/// else can run; test_wait that asks again in vain sleeps until something has changed.
/// </summary>
internal sealed unsafe class BarrierWait(
    bool isTry, bool byParity, Address address, bool isGeneric, LaneSlot p, LaneSlot state, bool relaxed) : Instruction
{
    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        Strand strand = warp.Strand;
        uint complete = 0;
        MemoryBarrier? first = null;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Begin(Line);
            warp.SetLane(lane);
            MemoryBarrier barrier = BarrierReference.Find(warp, (ulong)warp.Addresses[lane], lane, isGeneric);
            uint asked = (uint)state.Read(warp, lane);
            bool done = byParity ? barrier.IsComplete(asked) : barrier.Phase != (int)asked;
            if (done)
                complete |= 1u << lane;
            else
                first ??= barrier;
            if (done && !relaxed)
                warp.Learn(1u << lane, barrier.Complete);
        }
        if (first is not null && complete == 0 && !strand.GaveUp && (isTry || strand.Idle == warp.Cta.Launch.Progress))
        {
            Sleep(warp, strand, first);
            return;
        }
        strand.GaveUp = false;
        strand.MayGiveUp = false;
        strand.Idle = warp.Cta.Launch.Progress;
        if (complete != warp.Active)
            warp.Yield = true;
        else
            warp.Cta.Launch.Counters.BarrierWaits++;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            p.Write(warp, lane, complete >> lane & 1);
        }
    }

    private void Sleep(Warp warp, Strand strand, MemoryBarrier barrier)
    {
        int phase = barrier.Phase;
        string place = $"0x{barrier.At.Address + (ulong)barrier.Offset:x} of {Printable.Name(barrier.At.Name)}";
        strand.Waiting = $"line {Line}, the mbarrier at {place}, phase {phase}, "
            + $"{barrier.Pending} arrivals and {barrier.OutstandingBytes} bytes short";
        strand.CanResume = () => barrier.Phase != phase;
        strand.MayGiveUp = true;
        warp.Next = Index;
        warp.Yield = true;
    }
}
