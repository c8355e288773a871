using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.bulk.prefetch (PTX ISA 9.7.9.25.5.3): a hint, but of memory that must be there.</summary>
internal sealed unsafe class BulkPrefetch(Address from, LaneSlot size) : Instruction
{
    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, from);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest), bytes = (int)size.Read(warp, lane);
            ulong at = (ulong)warp.Addresses[lane];
            if (bytes < 0 || bytes % 16 != 0 || at % 16 != 0)
            {
                throw new FaultException(FaultKind.Misaligned,
                    $"a bulk prefetch of {bytes} bytes: size and address must be multiples of 16")
                { Lane = lane, Address = at };
            }
            MemoryReference.Locate(warp, StateSpace.Global, at, bytes, lane);
        }
    }
}
