using CogVideoX.Kernels.MachineCode;
using Iced.Intel;

namespace CogVideoX.Kernels.Tests.MachineCode;

/// <summary>Generated micro-kernels equal their definition in every bit, and hold no instruction that they don't declare.</summary>
public sealed class TileCodeTests
{
    private static readonly CpuFeatures Here = CpuFeatures.Detected;

    /// <summary>Every tile that fits: the tallest of each number of vectors, and all heights of two.</summary>
    internal static IEnumerable<TileForm> Forms()
    {
        foreach (TileArithmetic arithmetic in Enum.GetValues<TileArithmetic>().Where(arithmetic => arithmetic != TileArithmetic.Amx))
        {
            foreach (int vectorBytes in arithmetic == TileArithmetic.Bf16 ? [64] : new[] { 32, 64 })
            {
                for (int vectors = 1; vectors <= 4; vectors++)
                {
                    int registers = (vectorBytes == 64 ? 32 : 16) - (Widens(arithmetic) ? 1 : 0);
                    int most = (registers - 1 - vectors) / (arithmetic == TileArithmetic.AmxWidened ? 3 * vectors : vectors);
                    for (int rows = vectors == 2 ? 1 : Math.Max(1, most); rows <= most; rows++)
                        yield return Form(arithmetic, vectorBytes, rows, vectors, segmented: rows % 2 == 0);
                }
            }
        }
    }

    [Fact]
    public void CodeGivesTheBitsOfItsDefinition()
    {
        Assert.SkipUnless(Here.Fma, "There is no processor here that generated code is for.");
        var random = new Random(1);
        int compared = 0;
        foreach (TileForm form in Forms().Where(form => Runs(form)))
        {
            foreach (int steps in form.Arithmetic == TileArithmetic.AmxWidened ? [16, 48] : new[] { 1, 3, 4, 5, 8, 31 })
            {
                foreach (bool accumulate in new[] { false, true })
                {
                    Func<uint> bits = steps is 3 or 31 or 48 ? TileTrial.Any(random) : TileTrial.Usual(random);
                    (uint[] expected, uint[] actual) = new TileTrial(form, steps, form.Segmented ? 3 : 1, bits).Run(accumulate);
                    Assert.True(expected.AsSpan().SequenceEqual(actual), $"{form}, {steps} steps, accumulate {accumulate}");
                    compared++;
                }
            }
        }
        Assert.True(compared > 100);
    }

    [Fact]
    public void BothInstructionsForBf16GiveTheSameBits()
    {
        Assert.SkipUnless(Here.Avx512Bf16, "This processor has no vdpbf16ps.");
        var random = new Random(2);
        var pairs = new uint[3 * 40 + 64];
        var right = new uint[40 * 32];
        for (int turn = 0; turn < 20; turn++)
        {
            Func<uint> bits = turn % 2 == 0 ? TileTrial.Any(random) : TileTrial.Usual(random);
            Array.ForEach(Enumerable.Range(0, pairs.Length).ToArray(), i => pairs[i] = bits());
            Array.ForEach(Enumerable.Range(0, right.Length).ToArray(), i => right[i] = bits());
            uint[] widened = [.. pairs.SelectMany(pair => new[] { pair << 16, pair & 0xFFFF0000 })];
            float[] direct = Run(new(TileArithmetic.Bf16, 64, 3, 2, 160, 4, 128, false), pairs, right);
            float[] byFma = Run(new(TileArithmetic.Bf16Widened, 64, 3, 2, 320, 8, 128, false), widened, right);
            Assert.Equal(direct.Select(Bits), byFma.Select(Bits));
        }
    }

    [Fact]
    public void CodeHoldsOnlyWhatItDeclares()
    {
        foreach (TileForm form in Forms())
            CodeFeatures.Check(TileCode.Write(form).Instructions, form.Needs);
    }

    [Theory]
    [InlineData("none", TileArithmetic.Fp32, 32)]
    [InlineData("avx2", TileArithmetic.Fp32, 64)]
    [InlineData("avx512", TileArithmetic.Bf16, 64)]
    internal void WhatAProcessorLacksIsRefusedBeforeItRuns(string level, TileArithmetic arithmetic, int vectorBytes)
    {
        IEnumerable<Instruction> code = TileCode.Write(Form(arithmetic, vectorBytes, 4, 2, segmented: false)).Instructions;
        var refused = Assert.Throws<NotSupportedException>(() => CodeFeatures.Check(code, All.AtMost(level)));
        Assert.Contains("This processor has no V", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATileThatDoesNotFitIsRefused()
    {
        var refused = Assert.Throws<ArgumentException>(() => TileCode.Write(Form(TileArithmetic.Fp32, 32, 8, 2, segmented: false)));
        Assert.Contains("8 × 2 vectors", refused.Message, StringComparison.Ordinal);
    }

    internal static CpuFeatures All => new(true, true, true, true);

    private static bool Widens(TileArithmetic arithmetic) =>
        arithmetic is TileArithmetic.Fp32ByPairs or TileArithmetic.Bf16Widened or TileArithmetic.AmxWidened;

    private static bool Runs(TileForm form) =>
        (form.VectorBytes == 32 || Here.Avx512) && (form.Arithmetic != TileArithmetic.Bf16 || Here.Avx512Bf16);

    private static TileForm Form(TileArithmetic arithmetic, int vectorBytes, int rows, int vectors, bool segmented)
    {
        int step = Widens(arithmetic) ? 8 : 4;
        int result = vectors * vectorBytes + 12;
        return rows % 3 == 0
            ? new(arithmetic, vectorBytes, rows, vectors, step, rows * step, result, segmented) // a panel: rows side by side
            : new(arithmetic, vectorBytes, rows, vectors, 40 * step, step, result, segmented);
    }

    private static unsafe float[] Run(TileForm form, uint[] left, uint[] right)
    {
        var result = new float[form.Rows * form.ResultBytes / sizeof(float)];
        fixed (uint* l = left, r = right)
        fixed (float* y = result)
        {
            var arguments = new TileArguments { Left = (byte*)l, Right = (byte*)r, Result = y, Steps = right.Length / form.Columns };
            TileKernels.Get(form)(&arguments);
        }
        return result;
    }

    private static uint Bits(float number) => float.IsNaN(number) ? 0x7FC00000 : BitConverter.SingleToUInt32Bits(number);
}
