using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Instructions;

/// <summary>getctarank (PTX ISA 9.7.9.24).</summary>
internal sealed class AddressRank(LaneSlot d, LaneSlot a) : Instruction
{
    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            ulong rank = a.Read(warp, lane) >> AddressMap.RankShift & 0xff;
            d.Write(warp, lane, rank == 0 ? (ulong)warp.Cta.Rank : rank - 1);
        }
    }
}
