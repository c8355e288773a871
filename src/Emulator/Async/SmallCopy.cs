using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.ca and .cg (PTX ISA 9.7.9.25.3.1): 4, 8 or 16 bytes a lane, zeros where the source is shorter.</summary>
internal sealed unsafe class SmallCopy(Address to, Address from, int bytes, LaneSlot? size, LaneSlot? ignore) : Instruction
{
    public override void Execute(Warp warp)
    {
        var sources = new ulong[Warp.Lanes];
        MemoryReference.Addresses(warp, from);
        for (int lane = 0; lane < Warp.Lanes; lane++)
            sources[lane] = (ulong)warp.Addresses[lane];
        uint reading = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            reading |= SourceBytes(warp, lane) > 0 ? 1u << lane : 0;
        }
        warp.Cta.Launch.Counters.Access(this, StateSpace.Global, warp.Addresses, reading, bytes);
        MemoryReference.Addresses(warp, to);
        warp.Cta.Launch.Counters.SmallCopyBytes += bytes * int.PopCount((int)warp.Active);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            One(warp, lane, sources[lane], (ulong)warp.Addresses[lane]);
        }
    }

    private void One(Warp warp, int lane, ulong source, ulong target)
    {
        int count = SourceBytes(warp, lane);
        if (count > bytes)
            throw new FaultException(FaultKind.Invalid, $"cp.async of {bytes} bytes from a source of {count}") { Lane = lane };
        if (source % (uint)bytes != 0)
            throw MemoryReference.Misaligned(warp, StateSpace.Global, source, bytes, lane, $"{bytes}-byte cp.async");
        Access access = AsyncWork.Book(warp, Actor.CopyAsync, lane, Line);
        byte* origin = null;
        UnwrittenBytes unwritten = default;
        if (count > 0)
        {
            Allocation at = MemoryReference.Locate(warp, StateSpace.Global, source, count, lane);
            unwritten = at.Shadow.Read(at, (long)(source - at.Address), count, access);
            origin = at.Data + (source - at.Address);
        }
        if (target % (uint)bytes != 0)
            throw MemoryReference.Misaligned(warp, StateSpace.Shared, target, bytes, lane, $"{bytes}-byte cp.async");
        Allocation shared = MemoryReference.Locate(warp, StateSpace.Shared, target, bytes, lane);
        long offset = (long)(MemoryReference.Offset(StateSpace.Shared, target) - shared.Address);
        shared.Shadow.Write(shared, offset, bytes, access, null, unwritten);
        byte* destination = shared.Data + offset;
        AsyncWork.Issue(warp, new AsyncOperation(Actor.CopyAsync, warp, lane, access.Clock, () => Move(origin, destination, count)));
    }

    private int SourceBytes(Warp warp, int lane)
    {
        if (ignore is { } skip && skip.Read(warp, lane) != 0)
            return 0;
        return size is { } given ? (int)given.Read(warp, lane) : bytes;
    }

    private void Move(byte* origin, byte* destination, int count)
    {
        new Span<byte>(destination, bytes).Clear();
        if (count > 0)
            Buffer.MemoryCopy(origin, destination, bytes, count);
    }
}
