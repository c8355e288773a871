using System.Numerics;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>redux.sync of integers (PTX ISA 9.7.13.10).</summary>
internal sealed unsafe class Reduction<T, TFunction>(int d, int a, int mask) : WarpCollective(mask)
    where T : unmanaged, IBinaryInteger<T> where TFunction : struct, IBinary<T>
{
    protected override void Run(Warp warp, uint group)
    {
        Mark(warp, group);
        T* values = warp.Slot<T>(a), to = warp.Slot<T>(d);
        int first = int.TrailingZeroCount((int)group);
        T result = values[first];
        if (group == ~0u)
        {
            for (int lane = 1; lane < Warp.Lanes; lane++)
                result = TFunction.Do(result, values[lane]);
            new Span<T>(to, Warp.Lanes).Fill(result);
            return;
        }
        for (uint rest = group & (group - 1); rest != 0; rest &= rest - 1)
            result = TFunction.Do(result, values[int.TrailingZeroCount((int)rest)]);
        for (uint rest = group; rest != 0; rest &= rest - 1)
            to[int.TrailingZeroCount((int)rest)] = result;
    }
}
