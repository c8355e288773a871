using System.Numerics;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>div and rem of integers (PTX ISA 9.7.1.8–9): PTX leaves the result of a division by zero open, so it is a fault.</summary>
internal sealed unsafe class Division<T, TFunction>(int d, int a, int b) : Instruction
    where T : unmanaged, INumberBase<T> where TFunction : struct, IBinary<T>
{
    public override void Execute(Warp warp)
    {
        T* to = warp.Slot<T>(d), left = warp.Slot<T>(a), right = warp.Slot<T>(b);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (T.IsZero(right[lane]))
                throw new FaultException(FaultKind.Invalid, $"'{Syntax}' divides by zero, and PTX leaves the result open") { Lane = lane };
            to[lane] = TFunction.Do(left[lane], right[lane]);
        }
    }
}
