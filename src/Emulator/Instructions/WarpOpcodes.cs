using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Instructions among the lanes of a warp (PTX ISA 9.7.9.6, 9.7.13.7–11).</summary>
internal static class WarpOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["shfl"] = Shuffle;
        all["vote"] = Vote;
        all["match"] = Match;
        all["redux"] = Reduce;
        all["elect"] = Elect;
        all["activemask"] = d =>
        {
            d.Type(PtxType.B32);
            d.Count(1);
            return new ActiveMask(d.Destination(0, PtxType.B32));
        };
    }

    private static void RequireSync(InstructionDecoder d)
    {
        if (!d.Flag("sync"))
            throw d.Error("the form without .sync is gone since sm_70");
    }

    /// <summary>A mask, a lane or a clamp.</summary>
    private static int Mask(InstructionDecoder d, int index) => d.PlainSource(index, PtxType.B32, mayBeNumber: true);

    private static Shuffle Shuffle(InstructionDecoder d)
    {
        RequireSync(d);
        string mode = d.Need("up", "down", "bfly", "idx");
        d.Type(PtxType.B32);
        d.Count(5);
        PtxOperand target = d.Operand(0);
        bool pair = target.Kind == OperandKind.Pair;
        int to = d.Destination(pair ? target.Parts[0] : target, PtxType.B32);
        int? p = pair ? d.Destination(target.Parts[1], PtxType.Pred) : null;
        return new Shuffle(mode, to, p, d.Source(1, PtxType.B32), Mask(d, 2), Mask(d, 3), Mask(d, 4));
    }

    private static Vote Vote(InstructionDecoder d)
    {
        RequireSync(d);
        string mode = d.Need("all", "any", "uni", "ballot");
        PtxType type = d.Type(mode == "ballot" ? PtxType.B32 : PtxType.Pred);
        d.Count(3);
        LaneSlot to = new(d.Destination(0, type), type.Bytes());
        PredicateSource a = d.Predicate(d.Operand(1));
        return new Vote(to, null, new LaneSlot(a.Slot, 0, a.Flip), Mask(d, 2), isCommon: true, round =>
        {
            uint yes = round.Where(v => v != 0);
            return new VoteResult(mode switch
            {
                "ballot" => yes,
                "all" => yes == round.Group ? 1u : 0,
                "any" => yes != 0 ? 1u : 0,
                _ => yes == 0 || yes == round.Group ? 1u : 0,
            });
        });
    }

    private static Vote Match(InstructionDecoder d)
    {
        bool all = d.Need("any", "all") == "all";
        RequireSync(d);
        PtxType type = d.Type(PtxType.B32, PtxType.B64);
        d.Count(3);
        PtxOperand target = d.Operand(0);
        bool pair = target.Kind == OperandKind.Pair;
        if (pair && !all)
            throw d.Error("match.any has no predicate");
        LaneSlot to = new(d.Destination(pair ? target.Parts[0] : target, PtxType.B32), 4);
        LaneSlot? p = pair ? new LaneSlot(d.Destination(target.Parts[1], PtxType.Pred), 0) : null;
        return new Vote(to, p, new LaneSlot(d.Source(1, type), type.Bytes()), Mask(d, 2), isCommon: false, round =>
        {
            ulong mine = round.Values[round.Lane];
            uint same = round.Where(v => v == mine);
            if (!all)
                return new VoteResult(same);
            return same == round.Group ? new VoteResult(same, true) : new VoteResult(0);
        });
    }

    private static WarpCollective Reduce(InstructionDecoder d)
    {
        RequireSync(d);
        string operation = d.Need("add", "min", "max", "and", "or", "xor");
        bool magnitude = d.Flag("abs"), nan = d.Flag("NaN");
        PtxType type = d.Type(PtxType.U32, PtxType.S32, PtxType.B32, PtxType.F32);
        bool fits = type switch
        {
            PtxType.B32 => operation is "and" or "or" or "xor",
            PtxType.F32 => operation is "min" or "max",
            _ => operation is "add" or "min" or "max",
        };
        if (!fits || ((magnitude || nan) && type != PtxType.F32))
            throw d.Error($"redux has no .{operation} of {type.Text()} so");
        d.Count(3);
        if (type == PtxType.F32)
            return ReduceFloats(d, operation == "min" ? -1 : 1, magnitude, nan);
        int to = d.Destination(0, type), from = d.Source(1, type), mask = Mask(d, 2);
        return operation switch
        {
            "add" => new Reduction<uint, IntegerFunctions.Add<uint>>(to, from, mask),
            "and" => new Reduction<uint, LogicFunctions.And<uint>>(to, from, mask),
            "or" => new Reduction<uint, LogicFunctions.Or<uint>>(to, from, mask),
            "xor" => new Reduction<uint, LogicFunctions.Xor<uint>>(to, from, mask),
            "min" when type == PtxType.S32 => new Reduction<int, IntegerFunctions.Minimum<int>>(to, from, mask),
            "min" => new Reduction<uint, IntegerFunctions.Minimum<uint>>(to, from, mask),
            _ when type == PtxType.S32 => new Reduction<int, IntegerFunctions.Maximum<int>>(to, from, mask),
            _ => new Reduction<uint, IntegerFunctions.Maximum<uint>>(to, from, mask),
        };
    }

    private static Vote ReduceFloats(InstructionDecoder d, int direction, bool magnitude, bool nan)
    {
        LaneSlot to = new(d.Destination(0, PtxType.F32), 4);
        return new Vote(to, null, new LaneSlot(d.Source(1, PtxType.F32), 4), Mask(d, 2), isCommon: true, round =>
        {
            float result = magnitude ? MathF.Abs(One(round.Values[round.Lane])) : One(round.Values[round.Lane]);
            for (uint rest = round.Group; rest != 0; rest &= rest - 1)
            {
                float other = One(round.Values[int.TrailingZeroCount((int)rest)]);
                if (magnitude)
                    other = MathF.Abs(other);
                result = (direction < 0, nan) switch
                {
                    (true, true) => MathF.Min(result, other),
                    (true, false) => float.MinNumber(result, other),
                    (false, true) => MathF.Max(result, other),
                    _ => float.MaxNumber(result, other),
                };
            }
            return new VoteResult(BitConverter.SingleToUInt32Bits(float.IsNaN(result) ? FloatFunctions.Nan : result));
        });
        static float One(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);
    }

    private static Vote Elect(InstructionDecoder d)
    {
        RequireSync(d);
        d.Count(2);
        PtxOperand target = d.Operand(0);
        if (target.Kind != OperandKind.Pair)
            throw d.Error("elect.sync writes d|p");
        LaneSlot to = new(d.Destination(target.Parts[0], PtxType.B32), 4), p = new(d.Destination(target.Parts[1], PtxType.Pred), 0);
        return new Vote(to, p, null, Mask(d, 1), isCommon: false, round =>
        {
            int leader = int.TrailingZeroCount((int)round.Group);
            return new VoteResult((ulong)leader, round.Lane == leader);
        });
    }
}
