using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Driver;

/// <summary>call of a function of the driver. Arguments and result stand in the caller's frame.</summary>
/// <param name="arguments">offsets in the frame</param> <param name="result">offset in the frame; null if there is none</param>
internal sealed unsafe class DriverCall(DriverFunction function, int[] arguments, int? result) : Instruction
{
    public override void Execute(Warp warp)
    {
        var values = new ulong[arguments.Length];
        warp.Begin(Line);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.SetLane(lane);
            for (int i = 0; i < arguments.Length; i++)
                values[i] = Argument(warp, lane, i);
            ulong returned = function.Call(new LaneCall(warp, lane, Line), values);
            if (result is not { } at)
                continue;
            byte* to = warp.Local.Write((ulong)at, function.Result, lane, default);
            if (function.Result == 4)
                *(uint*)to = (uint)returned;
            else
                *(ulong*)to = returned;
        }
    }

    private ulong Argument(Warp warp, int lane, int i)
    {
        byte* from = warp.Local.Read((ulong)arguments[i], function.Parameters[i], lane, out UnwrittenBytes unwritten);
        if (unwritten.Any)
            throw new FaultException(FaultKind.Uninitialized, $"argument {i} of {Syntax} was never written") { Lane = lane };
        return function.Parameters[i] == 4 ? *(uint*)from : *(ulong*)from;
    }
}
