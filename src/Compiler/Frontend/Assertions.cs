using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Device.Assert and Debug.Assert: the driver's __assertfail (PTX ISA, system calls) where the condition doesn't hold.</summary>
internal sealed class Assertions(KernelBuilder kernel)
{
    private const string Declaration =
        ".extern .func __assertfail (.param .b64 message, .param .b64 file, .param .b32 line, .param .b64 function, .param .b64 size);";

    private const string Call = """
        {{
        .param .b64 message;
        .param .b64 file;
        .param .b32 line;
        .param .b64 function;
        .param .b64 size;
        st.param.b64 [message], {message};
        st.param.b64 [file], {file};
        st.param.b32 [line], {line};
        st.param.b64 [function], {function};
        st.param.b64 [size], 1;
        call __assertfail, (message, file, line, function, size);
        }}
        """;

    private static readonly PtxForm Form = new(Call,
        new Dictionary<string, PtxFormOperand>(StringComparer.Ordinal)
        {
            ["message"] = new(0, -1, 1, false, false),
            ["file"] = new(1, -1, 1, false, false),
            ["line"] = new(2, -1, 1, false, false),
            ["function"] = new(3, -1, 1, false, false),
        },
        IsPure: false, Architecture: 80, IsArchitectureSpecific: false, IsaVersion: 70, Declaration);

    private IrBuilder Ir => kernel.Ir;

    /// <summary>Device.Assert, whose arguments the C# compiler has filled in.</summary>
    public StackValue Assert(StackValue[] arguments)
    {
        if (arguments[1].Known is not string message || arguments[2].Known is not string file || arguments[3].Constant is not { } line)
            throw DiagnosticKinds.Unknown.At(kernel.Location, "the message of an assertion", "write it as a constant");
        return Assert(kernel.Scalar(arguments[0]), message, file, (int)line.Signed);
    }

    /// <summary>An assertion that stands where the symbols say.</summary>
    public StackValue Assert(Value condition, string message)
    {
        SourceLine? place = SourceMap.Find(kernel.Location);
        return Assert(condition, message, place?.File ?? "", place?.Line ?? 0);
    }

    private StackValue Assert(Value condition, string message, string file, int line)
    {
        Value holds = Ir.Compare(Condition.Ne, condition, Constant.I32(0));
        if (holds is Constant { Bits: not 0 })
            return StackValue.Nothing;
        Block failed = new(), after = new();
        Ir.Block.Terminator = Terminator.If(kernel.Location, holds, new Edge(after), new Edge(failed));
        kernel.Function.Blocks.Add(failed);
        Ir.Block = failed;
        var texts = new Texts(kernel);
        System.Reflection.MethodBase method = kernel.Location!.Method;
        string name = $"{method.DeclaringType?.Name}.{method.Name}";
        Value[] operands =
            [texts.AddressOf(message), texts.AddressOf(SourceMap.NeutralName(file)), Constant.I32(line), texts.AddressOf(name)];
        Ir.Block.Instructions.Add(new Instruction(Opcode.Ptx, kernel.Location, operands) { Ptx = Form });
        failed.Terminator = Terminator.Branch(kernel.Location, after);
        kernel.Function.Blocks.Add(after);
        Ir.Block = after;
        return StackValue.Nothing;
    }
}
