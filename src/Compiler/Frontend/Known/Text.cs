using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>PTX instructions that have no opcode in the IR.</summary>
internal static class Text
{
    private static readonly string[] Names = ["x", "y", "z"];

    /// <summary>A method that is one pure instruction on its arguments, which the text calls {x}, {y} and {z}.</summary>
    public static Func<KnownCall, StackValue> Of(string text, IrType result, int count = 1)
    {
        PtxForm form = Form(text, count);
        return call => new StackValue(Emit(call, form, result, [.. Enumerable.Range(0, count).Select(call.Scalar)]));
    }

    /// <summary>A pure instruction on scalars.</summary>
    public static Value Emit(KnownCall call, string text, IrType result, params Value[] operands) =>
        Emit(call, Form(text, operands.Length), result, operands);

    private static Value Emit(KnownCall call, PtxForm form, IrType result, Value[] operands) =>
        call.Ir.Append(new Instruction(Opcode.Ptx, call.Kernel.Location, operands, result) { Ptx = form });

    private static PtxForm Form(string text, int count)
    {
        var operands = new Dictionary<string, PtxFormOperand>(StringComparer.Ordinal) { ["result"] = new(-1, 0, 1, false, false) };
        for (int i = 0; i < count; i++)
            operands.Add(Names[i], new PtxFormOperand(i, -1, 1, false, false));
        return new PtxForm(text, operands, IsPure: true, Architecture: 80, IsArchitectureSpecific: false, IsaVersion: 70);
    }
}
