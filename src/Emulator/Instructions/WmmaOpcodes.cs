using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;
using CogVideoX.Emulator.Tensor;

namespace CogVideoX.Emulator.Instructions;

/// <summary>wmma.load, wmma.store and wmma.mma (PTX ISA 9.7.14.4).</summary>
internal static class WmmaOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all) => all["wmma"] = Wmma;

    private static Instruction Wmma(InstructionDecoder d)
    {
        string action = d.Need("load", "store", "mma");
        string? matrix = action == "load" ? d.Need("a", "b", "c") : action == "store" ? d.Need("d") : null;
        d.Need("sync");
        d.Need("aligned");
        return matrix is null ? Multiply(d) : Memory(d, matrix);
    }

    private static WmmaShape Shape(InstructionDecoder d)
    {
        string name = "m" + (d.Prefixed("m") ?? throw d.Error("a shape is missing"));
        return WmmaShape.Find(name) ?? throw d.Error($".{name} isn't a shape of wmma");
    }

    private static WmmaMemory Memory(InstructionDecoder d, string matrix)
    {
        bool byColumns = d.Need("row", "col") == "col", isStore = matrix == "d";
        WmmaShape shape = Shape(d);
        StateSpace space = MemoryOpcodes.Space(d);
        if (space is not (StateSpace.Generic or StateSpace.Global or StateSpace.Shared))
            throw d.Error("wmma works on global and shared memory");
        PtxType type = d.Type();
        if (!shape.Has(type, matrix is "c" or "d"))
            throw d.Error($"{shape.Name} has no {type.Text()} for {matrix}");
        bool fixedLayout = type.IsSubByte();
        if (fixedLayout && byColumns != (matrix == "b"))
            throw d.Error($"of {type.Text()} a is .row and b is .col");
        d.Count(2, 3);
        WmmaFragment fragment = Fragment(d, isStore ? 1 : 0, shape, matrix, type, isDestination: !isStore);
        Address address = d.Address(d.Operand(isStore ? 0 : 1), space);
        int? stride = d.Operands.Count > 2 ? d.Source(2, PtxType.U32) : null;
        return new WmmaMemory(space, address, stride, type, shape.Size(matrix), byColumns, fragment,
            isStore)
        { Class = InstructionClass.MatrixLoad };
    }

    private static WmmaMultiply Multiply(InstructionDecoder d)
    {
        string? bitwise = d.OneOf("xor", "and");
        if (bitwise is not null)
            d.Need("popc");
        d.Need("row", "col");
        d.Need("row", "col");
        WmmaShape shape = Shape(d);
        string? rounding = d.OneOf("rn", "rz", "rm", "rp");
        PtxType result = d.Type(PtxType.F16, PtxType.F32, PtxType.S32, PtxType.F64), second = d.Type();
        bool halves = result is PtxType.F16 or PtxType.F32 && second is PtxType.F16 or PtxType.F32;
        PtxType a = halves ? PtxType.F16 : second, b = halves ? PtxType.F16 : d.Type(), addend = halves ? second : d.Type();
        bool saturate = d.Flag("satfinite");
        var types = new MatrixTypes(result, a, b, addend, saturate, bitwise == "xor") { Rounding = FloatOpcodes.ModeOf(rounding) };
        CheckTypes(d, shape, types, rounding is not null, bitwise is not null);
        d.Count(4);
        return new WmmaMultiply(shape, types, Fragment(d, 0, shape, "d", result, true), Fragment(d, 1, shape, "a", a, false),
            Fragment(d, 2, shape, "b", b, false), Fragment(d, 3, shape, "c", addend, false))
        { Class = InstructionClass.Matrix };
    }

    private static void CheckTypes(InstructionDecoder d, WmmaShape shape, MatrixTypes types, bool rounds, bool bitwise)
    {
        bool fits = shape.Has(types.A, false) && shape.Has(types.B, false) && shape.Has(types.C, true) && shape.Has(types.D, true)
            && types.A switch
            {
                PtxType.F16 => types.B == PtxType.F16 && types is { C: PtxType.F16 or PtxType.F32, D: PtxType.F16 or PtxType.F32 },
                PtxType.BF16 or PtxType.TF32 => types.B == types.A && types is { C: PtxType.F32, D: PtxType.F32 },
                PtxType.F64 => types is { B: PtxType.F64, C: PtxType.F64, D: PtxType.F64 },
                PtxType.B1 => types is { B: PtxType.B1, C: PtxType.S32, D: PtxType.S32 },
                _ => types.IsInteger && types.A.MatrixBits() == types.B.MatrixBits() && types is { C: PtxType.S32, D: PtxType.S32 },
            };
        if (!fits)
            throw d.Error($"{shape.Name} doesn't have these types");
        if (rounds && !types.IsDouble)
            throw d.Error("only .f64 has a rounding mode");
        if (types.Saturate && (!types.IsInteger || types.A == PtxType.B1))
            throw d.Error(".satfinite belongs to integers");
        if (bitwise != (types.A == PtxType.B1))
            throw d.Error(".b1 and .xor.popc or .and.popc belong together");
    }

    private static WmmaFragment Fragment(InstructionDecoder d, int index, WmmaShape shape, string matrix, PtxType type, bool isDestination)
    {
        PtxType register = type is PtxType.F32 or PtxType.F64 or PtxType.S32 ? type : PtxType.B32;
        IReadOnlyList<PtxOperand> parts = d.Braced(index, shape.Registers(matrix, type));
        (int rows, int columns) = shape.Size(matrix);
        return new WmmaFragment(columns, rows * columns, type, [.. parts.Select(p =>
            isDestination ? d.Destination(p, register) : d.Source(p, register))]);
    }
}
