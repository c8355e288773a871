using System.Runtime.InteropServices;
using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Kernels.Tests.MachineCode;

/// <summary>A form with operands, to be computed by its definition and by its machine code.</summary>
/// <param name="form">What is computed.</param>
/// <param name="steps">Of a segment.</param>
/// <param name="segments">1 for forms without.</param>
/// <param name="bits">Where 32 bits come from: any, or those of usual numbers.</param>
internal sealed unsafe class TileTrial(TileForm form, int steps, int segments, Func<uint> bits)
{
    private const int Guard = 64; // floats behind a row of the result, which nothing may touch

    /// <summary>The results as bits, guards included: of the definition, and of the machine code.</summary>
    public (uint[] Expected, uint[] Actual) Run(bool accumulate)
    {
        int leftBytes = form.Rows * form.RowBytes + (steps + segments) * Math.Max(form.StepBytes, form.RowBytes) + Guard;
        uint[] left = Fill(leftBytes / sizeof(uint) + 1), right = Fill(segments * steps * form.Columns);
        if (form.Arithmetic is TileArithmetic.Bf16Widened or TileArithmetic.AmxWidened)
            left = [.. left.Select(number => number & 0xFFFF0000)];
        uint[] before = Fill(form.Rows * form.ResultBytes / sizeof(float) + Guard);
        nint[] offsets = [.. Enumerable.Range(0, segments).Select(segment => (nint)(segments - 1 - segment) * form.StepBytes)];
        uint[] expected = [.. before], actual = [.. before];
        fixed (uint* l = left, r = right, e = expected, a = actual)
        fixed (nint* o = offsets)
        {
            var arguments = new TileArguments
            {
                Left = (byte*)l,
                Right = (byte*)r,
                Result = (float*)e,
                Steps = steps,
                Accumulate = accumulate ? 1 : 0,
                Segments = segments,
                Offsets = o,
            };
            TileDefinition.Run(form, arguments);
            arguments.Result = (float*)a;
            if (form.Arithmetic == TileArithmetic.Amx)
                new AmxMachine().Run(TileCode.Write(form), &arguments);
            else
                TileKernels.Get(form)(&arguments);
        }
        return (Comparable(expected), Comparable(actual));
    }

    // Which NaN an operation gives depends on its operands' order: any stands for all.
    private static uint[] Comparable(uint[] numbers) =>
        [.. numbers.Select(number => float.IsNaN(BitConverter.UInt32BitsToSingle(number)) ? 0x7FC00000 : number)];

    private uint[] Fill(int count)
    {
        var numbers = new uint[count];
        foreach (ref uint number in numbers.AsSpan())
            number = bits();
        return numbers;
    }

    /// <summary>Bits of floats of usual size, which are good pairs of bf16, too.</summary>
    public static Func<uint> Usual(Random random) => () =>
        MemoryMarshal.Cast<ushort, uint>(
            [Half(random), Half(random)])[0];

    /// <summary>Any bits: subnormal numbers, infinities and NaN among them.</summary>
    public static Func<uint> Any(Random random) => () => (uint)random.NextInt64(1L << 32);

    private static ushort Half(Random random) => (ushort)(BitConverter.SingleToUInt32Bits((float)(random.NextDouble() - 0.5)) >> 16);
}
