using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Kernels.Tests.MachineCode;

/// <summary>A sum of products of pairs of bf16, as the definitions of both orders have it.</summary>
/// <param name="arithmetic">Which order.</param>
internal sealed unsafe class PairSum(CpuArithmetic arithmetic)
{
    private readonly List<uint> left = [], right = [];

    /// <summary>The next pair.</summary>
    public void Add(uint a, uint b)
    {
        left.Add(a);
        right.Add(b);
    }

    /// <summary>Fills up with zeros to what AMX takes at once; nothing elsewhere.</summary>
    public void EndBlock()
    {
        while (arithmetic == CpuArithmetic.Bf16Amx && left.Count % TileForm.AmxSteps != 0)
            Add(0, 0);
    }

    public float Value()
    {
        if (arithmetic == CpuArithmetic.Bf16)
            return left.Zip(right).Aggregate(0f, (sum, pair) => TileDefinition.DotPairs(sum, pair.First, pair.Second));
        var form = new TileForm(TileArithmetic.Amx, 64, 1, 1, 0, sizeof(uint), 0, Segmented: false);
        uint[] a = [.. left], b = [.. right.SelectMany(pair => Enumerable.Repeat(pair, form.Columns))];
        var y = new float[form.Columns];
        fixed (uint* l = a, r = b)
        fixed (float* result = y)
            TileDefinition.Run(form, new TileArguments { Left = (byte*)l, Right = (byte*)r, Result = result, Steps = a.Length });
        return y[0];
    }
}
