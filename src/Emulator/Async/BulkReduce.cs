using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// cp.reduce.async.bulk (PTX ISA 9.7.9.25.4.2): the CTA's shared memory is combined into global memory, or into shared memory of the
/// cluster. Each element is a relaxed atomic of the device's scope.
/// </summary>
/// <param name="barrier">the mbarrier that a reduction into shared memory completes on</param>
internal sealed unsafe class BulkReduce(Address to, Address from, LaneSlot size, Address? barrier, int elementBytes, Func<ulong, ulong,
    ulong, ulong> function) : Instruction
{
    public static void Check(InstructionDecoder d, string operation, PtxType type, bool toShared, bool noFlush)
    {
        bool half = type is PtxType.F16 or PtxType.BF16;
        bool fits = operation switch
        {
            "add" => type is PtxType.U32 or PtxType.S32 or PtxType.U64 || (!toShared && (half || type is PtxType.F32 or PtxType.F64)),
            "min" or "max" => type is PtxType.U32 or PtxType.S32 || (!toShared && (half || type is PtxType.U64 or PtxType.S64)),
            "inc" or "dec" => type == PtxType.U32,
            _ => type == PtxType.B32 || (!toShared && type == PtxType.B64),
        };
        if (!fits)
            throw d.Error($"this reduction has no .{operation} of {type.Text()}");
        if ((half && operation == "add") != noFlush)
        {
            throw d.Error(noFlush ? ".noftz only belongs to .add of halves"
            : $".add of {type.Text()} wants .noftz");
        }
    }

    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest), bytes = (int)size.Read(warp, lane);
            ulong target = At(warp, to, lane), source = At(warp, from, lane);
            if (bytes < 0 || bytes % 16 != 0 || target % 16 != 0)
            {
                throw new FaultException(FaultKind.Misaligned,
                    $"a bulk reduction of {bytes} bytes: size and addresses must be multiples of 16")
                { Lane = lane, Address = target };
            }
            if (barrier is { } mbarrier)
                ToShared(warp, lane, source, target, At(warp, mbarrier, lane), bytes);
            else
                ToGlobal(warp, lane, source, target, bytes);
        }
    }

    private static ulong At(Warp warp, Address address, int lane)
    {
        MemoryReference.Addresses(warp, address);
        return (ulong)warp.Addresses[lane];
    }

    private void ToGlobal(Warp warp, int lane, ulong source, ulong target, int bytes)
    {
        (Allocation shared, long offset) = BulkTransfer.Shared(warp, source, bytes, 16, lane);
        Access reads = AsyncWork.Book(warp, Actor.BulkRead, lane, Line);
        int group = reads.Clock;
        shared.Shadow.ReadWritten(shared, offset, bytes, reads);
        Allocation global = MemoryReference.Locate(warp, StateSpace.Global, target, bytes, lane);
        Book(global, (long)(target - global.Address), bytes, AsyncWork.Book(warp, Actor.BulkWrite, lane, Line));
        warp.Cta.Launch.Counters.BulkBytes += bytes;
        byte* origin = shared.Data + offset, destination = global.Data + (target - global.Address);
        AsyncWork.Issue(warp, new AsyncOperation(Actor.BulkRead, warp, lane, group, () => Combine(origin, destination, bytes)));
    }

    private void ToShared(Warp warp, int lane, ulong source, ulong target, ulong mbarrier, int bytes)
    {
        warp.Begin(Line);
        warp.SetLane(lane);
        MemoryBarrier done = BarrierReference.Find(warp, mbarrier, lane, AddressMap.SpaceOf(mbarrier) == StateSpace.Shared);
        Access access = BulkTransfer.BookLoad(warp, lane, Line, done);
        (Allocation mine, long read) = BulkTransfer.Shared(warp, source, bytes, 16, lane);
        mine.Shadow.ReadWritten(mine, read, bytes, access);
        (Allocation its, long write) = BulkTransfer.Shared(warp, target, bytes, 16, lane);
        Book(its, write, bytes, access);
        byte* origin = mine.Data + read, destination = its.Data + write;
        BulkTransfer.IssueLoad(warp, lane, Line, done, bytes, () => Combine(origin, destination, bytes));
    }

    /// <summary>Reads and writes what is combined into, as strong operations: reductions don't race among themselves.</summary>
    public static void Book(Allocation at, long offset, int bytes, Access access)
    {
        access.Scope = Scope.Gpu;
        at.Shadow.ReadWritten(at, offset, bytes, access);
        at.Shadow.Write(at, offset, bytes, access, null);
        at.Strong?.Forget(offset, bytes);
    }

    private void Combine(byte* from, byte* to, int bytes) => Combine(from, to, bytes, elementBytes, function);

    public static void Combine(byte* from, byte* to, int bytes, int elementBytes, Func<ulong, ulong, ulong, ulong> function)
    {
        for (int i = 0; i < bytes; i += elementBytes)
        {
            ulong old = 0, value = 0;
            Buffer.MemoryCopy(to + i, &old, 8, elementBytes);
            Buffer.MemoryCopy(from + i, &value, 8, elementBytes);
            old = function(old, value, 0);
            Buffer.MemoryCopy(&old, to + i, elementBytes, elementBytes);
        }
    }
}
