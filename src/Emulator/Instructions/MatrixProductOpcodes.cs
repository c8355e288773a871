using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Tensor;

namespace CogVideoX.Emulator.Instructions;

/// <summary>mma (PTX ISA 9.7.14.5).</summary>
internal static class MatrixProductOpcodes
{
    public static Instruction Decode(InstructionDecoder d)
    {
        if (d.OneOf("sp", "sp::ordered_metadata") is not null)
            throw d.Unsupported("sparse products aren't covered");
        d.Need("sync");
        d.Need("aligned");
        string text = d.Prefixed("m16n8k") is { } wide ? "16" + wide : d.Prefixed("m8n8k") is { } narrow ? "08" + narrow :
            throw d.Error("a shape .m16n8k… or .m8n8k… is missing");
        int rows = text[0] == '1' ? 16 : 8;
        if (!int.TryParse(text.AsSpan(2), out int k) || k is < 1 or > 256)
            throw d.Error($"'{text[2..]}' isn't a size");
        if (rows == 8 && k == 4 && !d.Syntax.Suffixes.Contains("f64"))
            return Quads(d);
        bool other = rows == 8 || d.Syntax.Suffixes.Any(s => s is "f64" or "s4" or "u4" or "b1");
        return other ? Other(d, rows, k) : Multiply(d, k);
    }

    /// <summary>Shapes of double precision, of fewer than 8 bits, and of 8 rows.</summary>
    private static FragmentMultiply Other(InstructionDecoder d, int rows, int k)
    {
        string? bitwise = d.OneOf("xor", "and");
        if (bitwise is not null)
            d.Need("popc");
        d.Need("row");
        d.Need("col");
        string? rounding = d.OneOf("rn", "rz", "rm", "rp");
        bool saturate = d.Flag("satfinite");
        var types = new MatrixTypes(d.Type(), d.Type(), d.Type(), d.Type(), saturate,
            bitwise == "xor")
        { Rounding = FloatOpcodes.ModeOf(rounding) };
        int bits = types.A.MatrixBits();
        bool fits = types.IsDouble ? types is { B: PtxType.F64, C: PtxType.F64, D: PtxType.F64 }
            : types is { IsInteger: true, C: PtxType.S32, D: PtxType.S32 } && types.B.MatrixBits() == bits;
        bool sized = (types.IsDouble, rows) switch
        {
            (true, 8) => k == 4,
            (true, _) => k is 4 or 8 or 16,
            (_, 8) => k * bits == 128,
            _ => k * bits is 128 or 256,
        };
        if (!fits || !sized)
            throw d.Error($"m{rows}n8k{k} doesn't have these types");
        if (rounding is not null && !types.IsDouble)
            throw d.Error("only .f64 has a rounding mode");
        if (saturate && (types.IsDouble || bits == 1))
            throw d.Error(".satfinite belongs to integers");
        if (bitwise is not null != (bits == 1))
            throw d.Error(".b1 and .xor.popc or .and.popc belong together");
        d.Count(4);
        // the oldest product of bytes is told from the others by its registers, too
        PtxType register = types.IsDouble ? PtxType.F64 : rows == 8 && bits == 8 ? PtxType.U32 : PtxType.B32;
        PtxType sum = types.IsDouble ? PtxType.F64 : PtxType.S32;
        int ofA = rows * k * bits / Warp.Lanes / (types.IsDouble ? 64 : 32), ofB = 8 * k * bits / Warp.Lanes / (types.IsDouble ? 64 : 32),
            ofC = rows / 4;
        return new FragmentMultiply(types, rows, k, MatrixOpcodes.Registers(d, 0, ofC, sum, true), MatrixOpcodes.Registers(d, 1, ofA,
            register, false),
            MatrixOpcodes.Registers(d, 2, ofB, register, false), MatrixOpcodes.Registers(d, 3, ofC, sum, false))
        { Class = InstructionClass.Matrix };
    }

    /// <summary>m8n8k4 of halves.</summary>
    private static QuadMultiply Quads(InstructionDecoder d)
    {
        bool aByRows = d.Syntax.Suffixes.First(s => s is "row" or "col") == "row";
        d.Need(aByRows ? "row" : "col");
        bool bByRows = d.Need("row", "col") == "row";
        var types = new MatrixTypes(d.Type(PtxType.F16, PtxType.F32), d.Type(PtxType.F16), d.Type(PtxType.F16), d.Type(PtxType.F16,
            PtxType.F32));
        if (types is { D: PtxType.F16, C: PtxType.F32 })
            throw d.Error("m8n8k4 doesn't have these types");
        d.Count(4);
        return new QuadMultiply(types, aByRows, bByRows, Accumulators(d, 0, types.D, true), MatrixOpcodes.Registers(d, 1, 2, PtxType.B32,
            false),
            MatrixOpcodes.Registers(d, 2, 2, PtxType.B32, false), Accumulators(d, 3, types.C, false))
        { Class = InstructionClass.Matrix };
    }

    private static int[] Accumulators(InstructionDecoder d, int index, PtxType type, bool isDestination) =>
        MatrixOpcodes.Registers(d, index, type == PtxType.F32 ? 8 : 4, MatrixOpcodes.Accumulator(type), isDestination);

    private static MatrixMultiply Multiply(InstructionDecoder d, int k)
    {
        d.Need("row");
        d.Need("col");
        bool saturate = d.Flag("satfinite");
        bool isOfBytes = d.Flag("kind::f8f6f4");
        if (d.OneOf("kind::mxf8f6f4", "kind::mxf4", "kind::mxf4nvf4", "block_scale") is not null)
            throw d.Unsupported("scaled products aren't covered");
        if (d.Syntax.Suffixes.Any(s => s is "e3m2" or "e2m3" or "e2m1"))
            throw d.Unsupported("products of 4 and 6 bits aren't covered");
        var shape = new MatrixShape(k, d.Type(), d.Type(), d.Type(), d.Type(), saturate);
        if (isOfBytes && shape is not { A: PtxType.E4M3 or PtxType.E5M2, B: PtxType.E4M3 or PtxType.E5M2 })
            throw d.Error($".kind::f8f6f4 doesn't have {shape.A.Text()}");
        d.Count(4);
        MatrixOpcodes.CheckTypes(d, shape);
        int registersOfA = 16 * k * shape.ElementBytes / 128, registersOfC = shape.D == PtxType.F16 ? 2 : 4;
        if (saturate && !shape.IsInteger)
            throw d.Error(".satfinite belongs to integers");
        if (registersOfA is not (2 or 4))
            throw d.Error($"m16n8k{k} doesn't exist for {shape.A.Text()}");
        int[] to = MatrixOpcodes.Registers(d, 0, registersOfC, MatrixOpcodes.Accumulator(shape.D), isDestination: true);
        int[] a = MatrixOpcodes.Registers(d, 1, registersOfA, PtxType.B32, false), b = MatrixOpcodes.Registers(d, 2, registersOfA / 2,
            PtxType.B32, false);
        return new MatrixMultiply(shape, to, a, b, MatrixOpcodes.Registers(d, 3, registersOfC, MatrixOpcodes.Accumulator(shape.C),
            false))
        { Class = InstructionClass.Matrix };
    }
}
