using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>
/// add.cc, addc, sub.cc, subc, mad.cc, madc (PTX ISA 9.7.2): sums with a carry flag a lane. A difference is a + ~b + 1, so its flag is 1
/// when nothing was borrowed, and subc takes 1 - flag away: what ptxas folds, and what nvcc's 128-bit division counts on.
/// </summary>
internal sealed class ExtendedArithmetic(
    LaneSlot d, LaneSlot[] sources, bool subtract, bool carryIn, bool carryOut, Func<ulong, ulong, ulong>? product) : Instruction
{
    public static Instruction Decode(InstructionDecoder d, bool subtract, bool carryIn, bool carryOut = false)
    {
        carryOut |= d.Flag("cc");
        PtxType type = d.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
        d.Count(3);
        LaneSlot to = new(d.Destination(0, type), type.Bytes());
        return new ExtendedArithmetic(to, [Slot(1), Slot(2)], subtract, carryIn, carryOut, null);

        LaneSlot Slot(int i) => new(d.Source(i, type), type.Bytes());
    }

    public static Instruction DecodeMultiply(InstructionDecoder d, bool carryIn, bool carryOut = false)
    {
        carryOut |= d.Flag("cc");
        bool high = d.Need("lo", "hi") == "hi";
        PtxType type = d.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
        d.Count(4);
        int bytes = type.Bytes();
        LaneSlot to = new(d.Destination(0, type), bytes);
        return new ExtendedArithmetic(to, [Slot(1), Slot(2), Slot(3)], false, carryIn, carryOut, (a, b) =>
        {
            if (!high)
                return a * b;
            return type.IsSigned()
                ? (ulong)((Int128)IntegerOpcodes.Signed(a, bytes) * IntegerOpcodes.Signed(b, bytes) >> 8 * bytes)
                : (ulong)((UInt128)a * b >> 8 * bytes);
        });

        LaneSlot Slot(int i) => new(d.Source(i, type), bytes);
    }

    public override void Execute(Warp warp)
    {
        ulong mask = d.Bytes == 8 ? ulong.MaxValue : uint.MaxValue;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            uint bit = 1u << lane;
            UInt128 a = sources[0].Read(warp, lane), b = sources[1].Read(warp, lane);
            if (product is not null)
                (a, b) = (product((ulong)a, (ulong)b) & mask, sources[2].Read(warp, lane));
            bool flag = carryIn ? (warp.Carry & bit) != 0 : subtract;
            UInt128 result = a + (subtract ? ~b & mask : b) + (flag ? UInt128.One : UInt128.Zero);
            d.Write(warp, lane, (ulong)result & mask);
            if (carryOut)
                warp.Carry = result > mask ? warp.Carry | bit : warp.Carry & ~bit;
        }
    }
}
