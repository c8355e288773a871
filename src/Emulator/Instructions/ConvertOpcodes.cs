using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Numerics;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Moves and conversions (PTX ISA 9.7.9.2 mov, 9.7.9.20 cvta, 9.7.9.21 cvt).</summary>
internal static class ConvertOpcodes
{
    private static readonly PtxType[] Movable =
    [
        PtxType.Pred, PtxType.B16, PtxType.B32, PtxType.B64, PtxType.B128, PtxType.U16, PtxType.U32, PtxType.U64,
        PtxType.S16, PtxType.S32, PtxType.S64, PtxType.F32, PtxType.F64,
    ];

    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["mov"] = Move;
        all["cvt"] = Convert;
        all["cvta"] = ConvertAddress;
        all["isspacep"] = IsInSpace;
    }

    private static Instruction Move(InstructionDecoder d)
    {
        if (d.OneOf("v2", "v4") is { } lanes)
            throw VectorMove(d, lanes);
        PtxType type = d.Type(Movable);
        d.Count(2);
        PtxOperand to = d.Operand(0), from = d.Operand(1);
        if (to.Kind == OperandKind.Vector)
            return Unpack(d, type, to, from);
        if (from.Kind == OperandKind.Vector)
            return Pack(d, type, to, from);
        if (from is { Kind: OperandKind.Special, Name: var name } && ClockBytes(name) is > 0 and var clock)
        {
            if (clock != type.Bytes() || type.IsFloat())
                throw d.Error($"{name} isn't a {type.Text()}");
            return new ReadClock(new LaneSlot(d.Destination(0, type), clock));
        }
        if (type == PtxType.Pred)
        {
            PredicateSource source = d.Predicate(from);
            return new PredicateLogic(d.Destination(0, type), source, source, (a, _) => a);
        }
        int target = d.Destination(0, type), origin = d.Source(from, type);
        return type.Bytes() switch
        {
            2 => new MoveLanes<ushort>(target, origin),
            4 => new MoveLanes<uint>(target, origin),
            8 => new MoveLanes<ulong>(target, origin),
            16 => new MoveLanes<UInt128>(target, origin),
            _ => throw d.Error($"{type.Text()} can't be moved"),
        };
    }

    /// <summary>A special register of four parts is read as a whole.</summary>
    private static UnsupportedException VectorMove(InstructionDecoder d, string lanes)
    {
        PtxType type = d.Type(Movable);
        d.Count(2);
        bool isKnown = lanes == "v4" && type == PtxType.U32 && d.Operand(1).Kind == OperandKind.Special
            && SpecialRegister.IsVector(d.Operand(1).Name);
        if (!isKnown)
            return d.Unsupported("mov of vectors isn't covered");
        foreach (PtxOperand part in d.Braced(0, 4))
            d.Destination(part, type);
        return d.CannotRun("mov of vectors isn't covered");
    }

    private static int ClockBytes(string name) => name switch
    {
        "%clock64" or "%globaltimer" => 8,
        "%clock" or "%clock_hi" or "%globaltimer_lo" or "%globaltimer_hi" => 4,
        _ => 0,
    };

    private static PtxType Part(InstructionDecoder d, PtxType type, int parts) => (type.Bytes() * 8 / Math.Max(parts, 1)) switch
    {
        8 => PtxType.B8,
        16 => PtxType.B16,
        32 => PtxType.B32,
        64 => PtxType.B64,
        _ => throw d.Error("the parts don't fit"),
    };

    private static void DoubtParts(InstructionDecoder d, PtxType type)
    {
        if (type is not (PtxType.B16 or PtxType.B32 or PtxType.B64 or PtxType.B128))
            d.Doubt($"a {type.Text()} isn't known to have parts: the manual packs bits");
    }

    private static PackLanes Pack(InstructionDecoder d, PtxType type, PtxOperand to, PtxOperand from)
    {
        PtxType part = Part(d, type, from.Parts.Count);
        DoubtParts(d, type);
        LaneSlot[] parts = [.. from.Parts.Select(p => new LaneSlot(d.Source(p, part), part.Bytes()))];
        return new PackLanes(d.Destination(to, type), type.Bytes(), parts, unpack: false);
    }

    private static PackLanes Unpack(InstructionDecoder d, PtxType type, PtxOperand to, PtxOperand from)
    {
        PtxType part = Part(d, type, to.Parts.Count);
        DoubtParts(d, type);
        if (from.Kind != OperandKind.Register)
            d.Doubt($"'{from}' isn't known to be taken apart");
        if (to.Parts.All(p => p.Kind == OperandKind.Sink))
            throw d.Error("all of the result is thrown away");
        LaneSlot[] parts = [.. to.Parts.Select(p => new LaneSlot(d.Destination(p, part), part.Bytes()))];
        return new PackLanes(d.Source(from, type), type.Bytes(), parts, unpack: true);
    }

    private static Instruction ConvertAddress(InstructionDecoder d)
    {
        bool toSpace = d.Flag("to");
        StateSpace space = Space(d);
        PtxType type = d.Type(PtxType.U32, PtxType.U64);
        d.Count(2);
        if (type == PtxType.U32)
            throw d.Error("generic addresses have 64 bits");
        if (toSpace && d.Operand(1) is { Kind: OperandKind.Symbol } named)
            throw named.Offset == 0 ? d.Error($"'{named}' must be a register") : d.Unsupported($"'{named}' isn't a generic address");
        if (!toSpace)
            d.RequireSpace(space, d.Operand(1));
        ulong window = AddressMap.Window(space);
        LaneSlot to = new(d.Destination(0, type), 8), from = new(d.Source(1, type), 8);
        if (space == StateSpace.Local)
            return new LocalAddress(to, from, toSpace);
        return new LaneFunction(to, [from], v => toSpace ? v[0] - window : v[0] + window);
    }

    private static StateSpace Space(InstructionDecoder d) => d.Need("const", "global", "local", "shared", "shared::cta", "shared::cluster",
        "param") switch
    {
        "const" => StateSpace.Const,
        "global" => StateSpace.Global,
        "local" => StateSpace.Local,
        "param" => StateSpace.Param,
        _ => StateSpace.Shared,
    };

    private static LaneFunction IsInSpace(InstructionDecoder d)
    {
        StateSpace space = Space(d);
        d.Count(2);
        LaneSlot to = new(d.Destination(0, PtxType.Pred), 0), from = new(d.Source(1, PtxType.U64), 8);
        return new LaneFunction(to, [from], v => AddressMap.SpaceOf(v[0]) == space ? 1u : 0u);
    }

    /// <summary>cvt.pack: a and b saturated side by side, above them what fits of c (PTX ISA 9.7.9.22).</summary>
    private static LaneFunction Pack(InstructionDecoder d)
    {
        d.Need("sat");
        string name = d.Need("u16", "s16", "u8", "s8", "u4", "s4", "u2", "s2");
        d.Type(PtxType.S32);
        bool signed = name[0] == 's', hasRest = !name.EndsWith("16", StringComparison.Ordinal);
        int bits = int.Parse(name.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
        if (hasRest)
            d.Type(PtxType.B32);
        d.Count(hasRest ? 4 : 3);
        LaneSlot to = new(d.Destination(0, PtxType.B32), 4);
        LaneSlot[] from = [.. Enumerable.Range(1, hasRest ? 3 : 2).Select(i =>
            new LaneSlot(d.Source(i, i < 3 ? PtxType.S32 : PtxType.B32), 4))];
        ulong mask = (1UL << bits) - 1;
        return new LaneFunction(to, from, v =>
        {
            ulong a = (ulong)VideoOpcodes.Clamp((int)v[0], bits, signed) & mask, b = (ulong)VideoOpcodes.Clamp((int)v[1], bits,
                signed) & mask;
            return a << bits | b | (hasRest ? v[2] << 2 * bits & uint.MaxValue : 0);
        });
    }

    private static Instruction Convert(InstructionDecoder d)
    {
        if (d.Flag("pack"))
            return Pack(d);
        if (d.Syntax.Suffixes.Any(s => s is "rs" or "ue8m0x2" || s.StartsWith("e2m", StringComparison.Ordinal) || s.StartsWith("e3m",
            StringComparison.Ordinal) || s.EndsWith("x4", StringComparison.Ordinal)))
        {
            throw d.Unsupported("conversions of the types and modes that came with sm_100 aren't covered");
        }
        string? rounding = d.OneOf("rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi");
        var how = new Conversion
        {
            Rounding = ModeOf(rounding),
            ToIntegral = rounding is { Length: 3 } and not "rna",
            Flush = d.Flag("ftz"),
            Saturate = d.Flag("sat"),
            IsFinite = d.Flag("satfinite"),
            Relu = d.Flag("relu"),
            To = d.Type(),
            From = d.Type(),
        };
        if (how.IsPacked)
        {
            ConversionForms.CheckPacked(d, how, rounding);
            return Packed(d, how);
        }
        ConversionForms.Check(d, how, rounding);
        bool isBetweenHalves = (how.From, how.To) is (PtxType.F16, PtxType.BF16) or (PtxType.BF16, PtxType.F16);
        if (isBetweenHalves && (rounding is not (null or "rn") || how.Saturate))
            d.Doubt("halves of one kind to the other are only known to be rounded to nearest");
        d.Count(2);
        PtxType to = how.To == PtxType.TF32 ? PtxType.U32 : how.To;
        int target = d.WideDestination(d.Operand(0), to, out int targetBytes);
        int source = d.WideSource(d.Operand(1), how.From, out int sourceBytes);
        return IntegerConversion.TryMake(how, target, targetBytes, source, sourceBytes)
            ?? new LaneFunction(new(target, targetBytes), [new(source, sourceBytes)], v => how.Widen(how.Apply(how.Cut(v[0])), targetBytes))
            {
                Moved = how.IsIntegral ? 1 : 0,
            };
    }

    private static RoundingMode ModeOf(string? rounding) => rounding switch
    {
        "rz" or "rzi" => RoundingMode.TowardZero,
        "rm" or "rmi" => RoundingMode.Down,
        "rp" or "rpi" => RoundingMode.Up,
        "rna" => RoundingMode.NearestAway,
        _ => RoundingMode.NearestEven,
    };

    /// <summary>Two values in one register: the first source goes to the upper half.</summary>
    private static LaneFunction Packed(InstructionDecoder d, Conversion how)
    {
        Conversion one = how.OfOne();
        int bits = one.To.Bytes() * 8;
        LaneSlot to = new(d.Destination(0, how.To is PtxType.E4M3x2 or PtxType.E5M2x2 ? PtxType.B16 : how.To), how.To.Bytes());
        if (how.From == PtxType.F32)
        {
            d.Count(3);
            return new LaneFunction(to, [new(d.Source(1, PtxType.F32), 4), new(d.Source(2, PtxType.F32), 4)],
                v => one.Apply(v[0]) << bits | one.Apply(v[1]));
        }
        d.Count(2);
        PtxType from = how.From is PtxType.E4M3x2 or PtxType.E5M2x2 ? PtxType.B16 : how.From;
        int fromBits = one.From.Bytes() * 8;
        return new LaneFunction(to, [new(d.Source(1, from), from.Bytes())],
            v => one.Apply(v[0] >> fromBits) << bits | one.Apply(v[0] & ((1UL << fromBits) - 1)));
    }
}
