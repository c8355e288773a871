using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;
using CogVideoX.Emulator.Tensor;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Matrix instructions (PTX ISA 9.7.14, 9.7.15).</summary>
internal static class MatrixOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["mma"] = MatrixProductOpcodes.Decode;
        all["movmatrix"] = Transpose;
        all["ldmatrix"] = d => LoadOrStore(d, isStore: false);
        all["stmatrix"] = d => LoadOrStore(d, isStore: true);
        all["wgmma"] = Wgmma;
        all["setmaxnreg"] = SetMaxRegisters;
    }

    private static MatrixTranspose Transpose(InstructionDecoder d)
    {
        foreach (string suffix in (string[])["sync", "aligned", "m8n8", "trans"])
            d.Need(suffix);
        d.Type(PtxType.B16);
        d.Count(2);
        if (d.Operand(1).Kind != OperandKind.Register)
            d.Doubt($"'{d.Operand(1)}' isn't known to be transposed");
        return new MatrixTranspose(d.Destination(0, PtxType.B32), d.Source(1, PtxType.B32)) { Class = InstructionClass.Matrix };
    }

    public static PtxType Accumulator(PtxType type) => type == PtxType.F16 ? PtxType.B32 : type;

    public static void CheckTypes(InstructionDecoder d, MatrixShape shape)
    {
        bool integer = shape is { IsInteger: true, D: PtxType.S32, C: PtxType.S32 } && shape.B is PtxType.S8 or PtxType.U8;
        bool floating = shape.A is PtxType.F16 or PtxType.BF16 or PtxType.TF32 or PtxType.E4M3 or PtxType.E5M2
            && shape.D == shape.C && shape.D is PtxType.F32 or PtxType.F16
            && (shape.A == shape.B || (shape.ElementBytes == 1 && shape.B is PtxType.E4M3 or PtxType.E5M2))
            && (shape.D == PtxType.F32 || shape.A is PtxType.F16 or PtxType.E4M3 or PtxType.E5M2);
        if (!integer && !floating)
            throw d.Unsupported("these types of a matrix product aren't supported");
    }

    public static int[] Registers(InstructionDecoder d, int index, int count, PtxType type, bool isDestination) =>
        [.. d.Braced(index, count).Select(o => isDestination ? d.Destination(o, type) : d.Source(o, type))];

    private static MatrixLoad LoadOrStore(InstructionDecoder d, bool isStore)
    {
        d.Need("sync");
        d.Need("aligned");
        if (d.OneOf("m8n8") is null)
            throw d.Unsupported("only .m8n8 tiles are supported");
        int count = d.Need("x1", "x2", "x4")[1] - '0';
        bool transposed = d.Flag("trans");
        StateSpace space = MemoryOpcodes.Space(d);
        if (space is not (StateSpace.Generic or StateSpace.Shared))
            throw d.Error($"{d.Syntax.Opcode} works on shared memory");
        d.Type(PtxType.B16);
        d.Count(2);
        int[] registers = Registers(d, isStore ? 1 : 0, count, PtxType.B32, !isStore);
        Address address = d.SharedAddress(d.Operand(isStore ? 0 : 1), space == StateSpace.Generic);
        return new MatrixLoad(space, address, registers, transposed, isStore) { Class = InstructionClass.MatrixLoad };
    }

    private static Instruction Wgmma(InstructionDecoder d)
    {
        string action = d.Need("mma_async", "fence", "commit_group", "wait_group");
        d.Need("sync");
        if (!d.Flag("aligned"))
            d.Doubt("wgmma without .aligned isn't in the manual");
        if (action == "mma_async")
            return d.Flag("sp") ? throw d.Unsupported("sparse products aren't covered") : MultiplyAsync(d);
        d.Count(action == "wait_group" ? 1 : 0);
        int left = action == "wait_group" ? (int)d.Immediate(0) : 0;
        if (left < 0)
            throw d.Error("the number of groups doesn't fit");
        return new WgmmaControl(action, left) { Class = InstructionClass.Matrix };
    }

    private static Wgmma MultiplyAsync(InstructionDecoder d)
    {
        string text = d.Prefixed("m64n") ?? throw d.Error("the shape .m64n… is missing");
        string[] sizes = text.Split('k');
        if (sizes.Length != 2 || !int.TryParse(sizes[0], out int n) || !int.TryParse(sizes[1], out int k) || n % 8 != 0
            || n is < 8 or > 256)
        {
            throw d.Error($"m64n{text} isn't a shape of wgmma");
        }
        PtxType result = d.Type(PtxType.F32, PtxType.F16, PtxType.S32), a = d.Type(), b = d.Type();
        if (result == PtxType.S32)
            throw Integers(d, n, k, a, b);
        var shape = new MatrixShape(k, result, a, b, result, false);
        CheckTypes(d, shape);
        if (k * shape.ElementBytes != 32)
            throw d.Error($"k{k} doesn't fit {a.Text()}");
        bool inRegisters = d.Operand(1).Kind == OperandKind.Vector, halves = shape.ElementBytes == 2;
        d.Count(6 + (halves ? inRegisters ? 1 : 2 : 0));
        int[] to = Accumulators(d, result == PtxType.F16 ? n / 4 : n / 2, Accumulator(result));
        int[] left = inRegisters ? Registers(d, 1, 4, PtxType.B32, false) : [];
        int descriptorA = inRegisters ? 0 : d.PlainSource(1, PtxType.B64, mayBeNumber: false);
        int descriptorB = d.PlainSource(2, PtxType.B64, mayBeNumber: false);
        PredicateSource scale = d.Predicate(d.Operand(3));
        (int A, int B) signs = (Sign(d, 4), Sign(d, 5));
        bool transA = halves && !inRegisters && IsTransposed(d, 6), transB = halves && IsTransposed(d, inRegisters ? 6 : 7);
        return new Wgmma(shape, n, to, left, descriptorA, descriptorB, scale, signs, (transA, transB)) { Class = InstructionClass.Matrix };
    }

    private static UnsupportedException Integers(InstructionDecoder d, int n, int k, PtxType a, PtxType b)
    {
        if (a is not (PtxType.S8 or PtxType.U8) || b is not (PtxType.S8 or PtxType.U8))
            return d.Unsupported("wgmma of these integers isn't covered");
        if (k != 32 || (n > 32 && n % 16 != 0))
            throw d.Error($"m64n{n}k{k} isn't a shape of integers");
        d.Flag("satfinite");
        d.Count(4);
        Accumulators(d, n / 2, PtxType.S32);
        if (d.Operand(1).Kind == OperandKind.Vector)
            Registers(d, 1, 4, PtxType.B32, false);
        else
            d.PlainSource(1, PtxType.B64, mayBeNumber: false);
        d.PlainSource(2, PtxType.B64, mayBeNumber: false);
        d.Predicate(d.Operand(3));
        return d.CannotRun("wgmma of integers isn't covered");
    }

    private static bool IsTransposed(InstructionDecoder d, int index) =>
        d.Immediate(index) is 0 or 1 ? d.Immediate(index) == 1 : throw d.Error($"whether to transpose is 0 or 1, not {d.Immediate(index)}");

    private static int Sign(InstructionDecoder d, int index) =>
        d.Immediate(index) is 1 or -1 ? (int)d.Immediate(index) : throw d.Error($"a sign is 1 or -1, not {d.Immediate(index)}");

    /// <summary>Neither sources nor destinations as other instructions know them: <see cref="WgmmaRegisters"/> minds them.</summary>
    private static int[] Accumulators(InstructionDecoder d, int count, PtxType type) =>
        [
            .. d.Vector(0, count)
                .Select(o => o.Kind == OperandKind.Register ? d.UncheckedSource(o, type) : throw d.Error($"'{o}' can't be written"))];

    private static RegisterLimit SetMaxRegisters(InstructionDecoder d)
    {
        d.Need("inc", "dec");
        d.Need("sync");
        d.Need("aligned");
        d.Type(PtxType.U32);
        d.Count(1);
        long count = d.Immediate(0);
        if (count is < 24 or > 256 || count % 8 != 0)
            throw d.Error("setmaxnreg takes a multiple of 8 from 24 to 256");
        return new RegisterLimit();
    }
}
