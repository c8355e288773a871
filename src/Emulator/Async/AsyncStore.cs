using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// st.async and red.async (PTX ISA 9.7.9.13, 9.7.13.7): values go to shared memory of a CTA of the cluster, and their bytes are counted by
/// an mbarrier of the same CTA. They go through the ordinary proxy.
/// </summary>
/// <param name="function">combines with what stands there; null to replace it</param>
internal sealed unsafe class AsyncStore(
    Address to, LaneSlot[] values, Address barrier, bool isGeneric, Func<ulong, ulong, ulong, ulong>? function) : Instruction
{
    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            ulong target = At(warp, to, lane), signal = At(warp, barrier, lane);
            warp.Begin(Line);
            warp.SetLane(lane);
            MemoryBarrier done = BarrierReference.Find(warp, signal, lane, isGeneric);
            One(warp, lane, target, done);
        }
    }

    private static ulong At(Warp warp, Address address, int lane)
    {
        MemoryReference.Addresses(warp, address);
        return (ulong)warp.Addresses[lane];
    }

    private void One(Warp warp, int lane, ulong target, MemoryBarrier done)
    {
        int element = values[0].Bytes, bytes = element * values.Length;
        if (isGeneric)
            target -= AddressMap.SharedWindow;
        if (target % (uint)bytes != 0)
            throw new FaultException(FaultKind.Misaligned, $"{bytes}-byte access of shared memory") { Lane = lane, Address = target };
        if (MemoryReference.OwnerOf(warp, target, lane) != done.Cta)
        {
            throw new FaultException(FaultKind.Invalid,
                $"{Syntax.Opcode}.async to one CTA with an mbarrier of another")
            { Lane = lane, Address = target };
        }
        Allocation at = MemoryReference.Locate(warp, StateSpace.SharedCluster, target, bytes, lane);
        long offset = (long)(MemoryReference.Offset(StateSpace.SharedCluster, target) - at.Address);
        Access access = Book(warp, done);
        if (function is not null)
            at.Shadow.ReadWritten(at, offset, bytes, access);
        at.Shadow.Write(at, offset, bytes, access, null);
        ulong[] fresh = Array.ConvertAll(values, v => v.Read(warp, lane));
        byte* place = at.Data + offset;
        BulkTransfer.IssueLoad(warp, lane, Line, done, bytes, () => Put(place, element, fresh));
    }

    private Access Book(Warp warp, MemoryBarrier done)
    {
        Access access = warp.Access;
        access.Actor = Actor.CopyAsync;
        access.EntityCta = done.Cta.Number;
        access.Entity = done.Entity;
        access.Mask = 1;
        access.Clock = done.Phase + 1;
        if (function is not null)
            access.Scope = Scope.Cluster;
        return access;
    }

    private void Put(byte* place, int element, ulong[] fresh)
    {
        for (int i = 0; i < fresh.Length; i++, place += element)
        {
            ulong value = fresh[i];
            if (function is not null)
            {
                ulong old = 0;
                Buffer.MemoryCopy(place, &old, 8, element);
                value = function(old, value, 0);
            }
            Buffer.MemoryCopy(&value, place, element, element);
        }
    }
}
