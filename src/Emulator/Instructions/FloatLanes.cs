using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Numerics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A floating-point instruction of any format, lane by lane: operands to double, one exact operation, one rounding.</summary>
internal sealed class FloatLanes(
    PtxType type, int[] slots, FloatOperation operation, RoundingMode mode, bool flush, bool saturate, bool relu) : ValueInstruction
{
    private readonly double[] values = new double[slots.Length - 1];
    private readonly FloatFormat? format = type switch
    {
        PtxType.F32 => FloatFormat.F32,
        PtxType.F16 or PtxType.F16x2 => FloatFormat.F16,
        PtxType.BF16 or PtxType.BF16x2 => FloatFormat.BF16,
        _ => null,
    };

    public override void Execute(Warp warp)
    {
        int bytes = type.Bytes();
        bool packed = type is PtxType.F16x2 or PtxType.BF16x2;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            ulong result = One(warp, lane, bytes, 0);
            if (packed)
                result = result & 0xffff | One(warp, lane, bytes, 16) << 16;
            new LaneSlot(slots[0], bytes).Write(warp, lane, result);
        }
    }

    private ulong One(Warp warp, int lane, int bytes, int shift)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = In(new LaneSlot(slots[i + 1], bytes).Read(warp, lane) >> shift);
        if (format is null)
            return BitConverter.DoubleToUInt64Bits(operation(values, true, mode));
        double exact = operation(values, false, mode);
        if (exact == 0 && mode == RoundingMode.Down && Array.TrueForAll(values, v => v != 0))
            exact = -0.0;
        uint bits = format.Encode(exact, mode);
        double value = format.Decode(bits);
        if (flush && Math.Abs(value) < Math.ScaleB(1, format.MinExponent) && !double.IsNaN(value))
            bits &= 1u << format.SignBit;
        if (saturate)
            bits = double.IsNaN(value) || value <= 0 ? 0 : value > 1 ? format.Encode(1) : bits;
        if (relu && !double.IsNaN(value) && value <= 0)
            bits = 0;
        return bits;
    }

    private double In(ulong bits)
    {
        if (format is null)
            return BitConverter.UInt64BitsToDouble(bits);
        double value = format.Decode((uint)(bits & ((1UL << format.SignBit + 1) - 1)));
        bool small = flush && Math.Abs(value) < Math.ScaleB(1, format.MinExponent);
        return small ? Math.CopySign(0, value) : value;
    }
}
