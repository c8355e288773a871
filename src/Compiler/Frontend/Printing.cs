using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>
/// Device.Print: the driver's vprintf (PTX ISA, system calls). What is printed lies in .local as C has it for a function with any number
/// of arguments: one after the other, each aligned to its size, nothing smaller than an int, floats as doubles.
/// </summary>
internal sealed class Printing(KernelBuilder kernel)
{
    private const string Declaration = ".extern .func (.param .b32 written) vprintf (.param .b64 format, .param .b64 arguments);";

    private const string Call = """
        {{
        .param .b64 format;
        .param .b64 arguments;
        .param .b32 written;
        st.param.b64 [format], {format};
        st.param.b64 [arguments], {arguments};
        call (written), vprintf, (format, arguments);
        }}
        """;

    private static readonly PtxForm Form = new(Call,
        new Dictionary<string, PtxFormOperand>(StringComparer.Ordinal)
        {
            ["format"] = new(0, -1, 1, false, false),
            ["arguments"] = new(1, -1, 1, false, false),
        },
        IsPure: false, Architecture: 80, IsArchitectureSpecific: false, IsaVersion: 70, Declaration);

    private IrBuilder Ir => kernel.Ir;

    public StackValue Print(MethodInfo method, StackValue[] arguments)
    {
        if (arguments[0].Known is not string format)
            throw DiagnosticKinds.PrintFormat.At(kernel.Location, "the format isn't a constant; write Device.Print(\"x = {0}\", x)");
        Type[] types = method.GetGenericArguments();
        List<PrintPart> parts = PrintFormat.Read(format, types, kernel.Location);
        var texts = new Texts(kernel);
        Value line = texts.AddressOf(string.Concat(parts.Select(part => part.Text)) + "\n");
        Value[] operands = [line, Store([.. parts.Where(part => part.Argument >= 0)], types, arguments, texts)];
        Ir.Block.Instructions.Add(new Instruction(Opcode.Ptx, kernel.Location, operands) { Ptx = Form });
        return StackValue.Nothing;
    }

    /// <summary>The generic address of the arguments in memory.</summary>
    private Value Store(PrintPart[] parts, Type[] types, StackValue[] arguments, Texts texts)
    {
        if (parts.Length == 0)
            return Constant.I64(0);
        Value[] values = [.. parts.Select(part => Promote(types[part.Argument], arguments[part.Argument + 1], part.IsHexadecimal))];
        var offsets = new int[values.Length];
        int end = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int size = values[i].Type.Bits / 8;
            offsets[i] = (end + size - 1) / size * size;
            end = offsets[i] + size;
        }
        Variable buffer = kernel.StaticVariable(("printed", end), () => kernel.NewVariable("printed", VariableSpace.Local, end, 8));
        for (int i = 0; i < values.Length; i++)
        {
            MemoryType type = values[i].Type switch { IrType.F64 => MemoryType.F64, IrType.I64 => MemoryType.I64, _ => MemoryType.I32 };
            Ir.Store(kernel.AddressOf(buffer), values[i], type, offsets[i], type.Bytes);
        }
        return texts.Generic("local", kernel.AddressOf(buffer));
    }

    /// <summary>An int, a long or a double.</summary>
    private Value Promote(Type type, StackValue argument, bool isHexadecimal)
    {
        if (Layout.IsSixteenBitFloat(type))
            return Widened(argument, type == typeof(Half) ? "cvt.f32.f16 {result}, {x};" : "mov.b32 {result}, {{0, {x}}};");
        Value value = kernel.Scalar(Coercion.To(kernel, type, argument));
        if (value.Type == IrType.F32)
            return Ir.Emit(Opcode.ConvertFloat, IrType.F64, value);
        bool isSmall = isHexadecimal && Layout.ScalarOf(type) is { Bytes: < 4 };
        return isSmall ? Narrowing.ToSmall(Ir, value, Layout.ScalarOf(type) is { Bytes: 1 } ? MemoryType.U8 : MemoryType.U16) : value;
    }

    private Value Widened(StackValue argument, string text)
    {
        var operands = new Dictionary<string, PtxFormOperand>(StringComparer.Ordinal)
        {
            ["result"] = new(-1, 0, 1, false, false),
            ["x"] = new(0, -1, 1, false, false),
        };
        var widen = new PtxForm(text, operands, IsPure: true, 80, IsArchitectureSpecific: false, 70);
        Value single = Ir.Append(new Instruction(Opcode.Ptx, kernel.Location, [kernel.Scalar(argument)], IrType.F32) { Ptx = widen });
        return Ir.Emit(Opcode.ConvertFloat, IrType.F64, single);
    }
}
