namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// What generated micro-kernels compute, number by number: each sum is one chain of multiply-adds rounded once, in fp32 in the order of
/// k. In bf16 a step is a pair, of which the odd product comes first, and subnormal numbers, given or computed, count as zero. So
/// <c>vdpbf16ps</c> does on a Zen 5, as was measured, and so can every processor with fused multiply-add. AMX adds in blocks of
/// sixteen pairs, as its maker says.
/// </summary>
internal static unsafe class TileDefinition
{
    /// <summary>The result of a form.</summary>
    public static void Run(in TileForm form, in TileArguments arguments)
    {
        int segments = form.Segmented ? (int)arguments.Segments : 1;
        for (int row = 0; row < form.Rows; row++)
        {
            float* result = (float*)((byte*)arguments.Result + (long)row * form.ResultBytes);
            for (int column = 0; column < form.Columns; column++)
            {
                float sum = arguments.Accumulate == 0 ? 0 : result[column];
                for (int segment = 0; segment < segments; segment++)
                {
                    byte* left = arguments.Left + (long)row * form.RowBytes + (form.Segmented ? arguments.Offsets[segment] : 0);
                    byte* right = arguments.Right + (segment * arguments.Steps * form.Columns + column) * sizeof(float);
                    sum = form.Arithmetic is TileArithmetic.Amx or TileArithmetic.AmxWidened
                        ? Blocks(form, arguments.Steps, sum, left, right)
                        : Chain(form, arguments.Steps, sum, left, right);
                }
                result[column] = sum;
            }
        }
    }

    /// <summary>c + a₁·b₁ + a₀·b₀ in this order, as <c>vdpbf16ps</c> rounds and flushes.</summary>
    /// <param name="sum">c.</param>
    /// <param name="left">a₀ in the lower half, a₁ in the upper, as bits of bf16.</param>
    /// <param name="right">b₀ and b₁ likewise.</param>
    public static float DotPairs(float sum, uint left, uint right) => Pair(
        sum, Upper(left), Upper(right), BitConverter.UInt32BitsToSingle(left << 16), BitConverter.UInt32BitsToSingle(right << 16));

    private static float Chain(in TileForm form, nint steps, float sum, byte* left, byte* right)
    {
        for (nint step = 0; step < steps; step++)
            sum = Step(form.Arithmetic, sum, left + step * form.StepBytes, *(uint*)(right + step * form.Columns * sizeof(float)));
        return sum;
    }

    // As the maker of tdpbf16ps defines it: even and odd products have a chain each, which begin at zero.
    private static float Blocks(in TileForm form, nint steps, float sum, byte* left, byte* right)
    {
        for (nint block = 0; block < steps; block += TileForm.AmxSteps)
        {
            float even = 0, odd = 0;
            for (nint step = block; step < block + TileForm.AmxSteps; step++)
            {
                byte* a = left + step * form.StepBytes;
                uint b = *(uint*)(right + step * form.Columns * sizeof(float)), pair = *(uint*)a;
                (float evenLeft, float oddLeft) = form.Arithmetic == TileArithmetic.Amx
                    ? (BitConverter.UInt32BitsToSingle(pair << 16), Upper(pair))
                    : (((float*)a)[0], ((float*)a)[1]);
                even = Flush(MathF.FusedMultiplyAdd(Flush(evenLeft), Flush(BitConverter.UInt32BitsToSingle(b << 16)), even));
                odd = Flush(MathF.FusedMultiplyAdd(Flush(oddLeft), Flush(Upper(b)), odd));
            }
            sum = Flush(Flush(sum) + Flush(even + odd));
        }
        return sum;
    }

    private static float Step(TileArithmetic arithmetic, float sum, byte* left, uint right) => arithmetic switch
    {
        TileArithmetic.Fp32 => MathF.FusedMultiplyAdd(*(float*)left, BitConverter.UInt32BitsToSingle(right), sum),
        TileArithmetic.Fp32ByPairs => MathF.FusedMultiplyAdd(
            ((float*)left)[1], Upper(right), MathF.FusedMultiplyAdd(*(float*)left, BitConverter.UInt32BitsToSingle(right << 16), sum)),
        TileArithmetic.Bf16 => DotPairs(sum, *(uint*)left, right),
        _ => Pair(sum, ((float*)left)[1], Upper(right), ((float*)left)[0], BitConverter.UInt32BitsToSingle(right << 16)),
    };

    private static float Pair(float sum, float leftOdd, float rightOdd, float leftEven, float rightEven)
    {
        sum = Flush(MathF.FusedMultiplyAdd(Flush(leftOdd), Flush(rightOdd), Flush(sum)));
        return Flush(MathF.FusedMultiplyAdd(Flush(leftEven), Flush(rightEven), sum));
    }

    private static float Upper(uint pair) => BitConverter.UInt32BitsToSingle(pair & 0xFFFF0000);

    private static float Flush(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;
}
