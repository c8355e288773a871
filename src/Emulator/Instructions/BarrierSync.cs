using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>barrier.cta.sync, .arrive and .red (PTX ISA 9.7.13.1).</summary>
internal sealed unsafe class BarrierSync(
    int number, int? count, bool aligned, bool waits, PredicateSource? predicate, Action<Warp, uint, bool, bool, int>? result) : Instruction
{
    private string? name;

    public override void Execute(Warp warp)
    {
        if (aligned && warp.AwaitsWhole(this, name ??= $"{Syntax.Opcode}.{Syntax.Suffixes[^1]}"))
            return;
        uint mask = warp.Active;
        uint which = Uniform(warp, number), threads = count is { } slot ? Uniform(warp, slot) : 0;
        if (count is not null && (threads == 0 || threads % Warp.Lanes != 0))
        {
            throw new FaultException(
                FaultKind.Invalid, $"a barrier can't wait for {threads} threads: it must be a multiple of {Warp.Lanes}");
        }
        CtaBarrier barrier = warp.Cta.Barrier(which);
        warp.Cta.Launch.Counters.BarrierWaits += waits ? 1 : 0;
        barrier.Arrive(warp, mask, (int)threads);
        if (waits)
        {
            uint holds = predicate is { } p ? warp.Predicate(p.Slot) ^ p.Flip : 0;
            barrier.Wait(warp, warp.Strand, mask, holds, result is null ? null : ResultOf(warp, mask, result));
        }
        barrier.CheckComplete(warp.Cta.LiveThreads);
    }

    private static Action<bool, bool, int> ResultOf(Warp warp, uint mask, Action<Warp, uint, bool, bool, int> result) =>
        (any, all, trues) => result(warp, mask, any, all, trues);

    private static uint Uniform(Warp warp, int slot)
    {
        uint* values = warp.Slot<uint>(slot);
        uint first = values[int.TrailingZeroCount((int)warp.Active)];
        if (warp.Active == ~0u && !new ReadOnlySpan<uint>(values, Warp.Lanes).ContainsAnyExcept(first))
            return first;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (values[lane] != first)
                throw new FaultException(FaultKind.Invalid, "lanes of one warp name different barriers or counts") { Lane = lane };
        }
        return first;
    }
}
