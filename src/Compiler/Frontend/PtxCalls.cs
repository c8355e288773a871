using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Calls of <c>[Ptx]</c> methods.</summary>
internal sealed class PtxCalls(KernelBuilder kernel)
{
    public StackValue Call(MethodInfo method, PtxAttribute attribute, StackValue[] arguments)
    {
        if (!method.IsStatic) throw Wrong(method, "only static methods can be instructions");
        ParameterInfo[] parameters = method.GetParameters();
        if (Array.Exists(parameters, parameter => parameter.Name is "result" or "unique")) throw Wrong(method, "no parameter may be called result or unique");
        var operands = new Dictionary<string, PtxFormOperand>(StringComparer.Ordinal);
        var read = new List<Value>();
        var written = new List<IrType>();
        if (method.ReturnType.IsByRef) throw Wrong(method, "an instruction can't return a reference; return an address as a number");
        if (method.ReturnType != typeof(void)) operands.Add("result", Written(method.ReturnType, written, -1));
        // Results of ref parameters come in the order of their operands; the plain result is first.
        for (int i = 0; i < parameters.Length; i++) operands.Add(parameters[i].Name!, Operand(method, parameters[i], arguments[i], read, written));
        string text = PtxText.Fill(method, attribute.Text, arguments, kernel.Location);
        PtxText.Check(method, text, operands, kernel.Location);
        var form = new PtxForm(text, operands, attribute.Pure, attribute.Architecture, attribute.ArchitectureSpecific, attribute.IsaVersion);
        var instruction = new Instruction(Opcode.Ptx, kernel.Location, [.. read], [.. written]) { Ptx = form };
        kernel.Ir.Block.Instructions.Add(instruction);
        WriteBack(method, parameters, arguments, operands, instruction);
        return ResultOf(method, instruction);
    }

    private CompileException Wrong(MethodInfo method, string why) => DiagnosticKinds.PtxText.At(kernel.Location, MethodNames.Of(method), why);

    private PtxFormOperand Operand(MethodInfo method, ParameterInfo parameter, StackValue argument, List<Value> read, List<IrType> written)
    {
        Type type = parameter.ParameterType;
        bool isImmediate = parameter.IsDefined(typeof(ImmediateAttribute), false);
        if (parameter.IsDefined(typeof(AddressAttribute), false))
        {
            if (!type.IsByRef) throw Wrong(method, $"[Address] stands on {parameter.Name}, which isn't a ref parameter");
            StackValue place = kernel.Memory.Dereferenceable(argument);
            if (place.Leaves[0].Type == IrType.LocalPtr)
                throw DiagnosticKinds.WrongStateSpace.At(kernel.Location, $"{parameter.Name} of {MethodNames.Of(method)}", "shared or global", "registers");
            return Read([kernel.Scalar(place)], read, isImmediate);
        }
        if (!type.IsByRef) return Read(ToRegisters(type, kernel.Scalars(Coercion.To(kernel, type, argument))), read, isImmediate);
        Type referent = type.GetElementType()!;
        if (parameter.IsOut) return Written(referent, written, -1);
        PtxFormOperand value = Read(kernel.Scalars(kernel.Memory.Load(referent, argument)), read, isImmediate);
        return parameter.IsIn ? value : Written(referent, written, value.FirstOperand);
    }

    /// <summary>What C# keeps in an int and PTX in a register of its own kind: a bool is a predicate, a 16-bit integer has 16 bits.</summary>
    private static IrType? RegisterOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => IrType.Pred,
        TypeCode.Int16 or TypeCode.UInt16 => IrType.B16,
        _ => null,
    };

    private Value[] ToRegisters(Type type, Value[] scalars) => RegisterOf(type) switch
    {
        IrType.Pred => [kernel.Ir.Compare(Condition.Ne, scalars[0], Constant.I32(0))],
        IrType.B16 => [kernel.Ir.Emit(Opcode.Truncate, IrType.B16, scalars[0])],
        _ => scalars,
    };

    private Value[] FromRegisters(Type type, Value[] registers)
    {
        if (registers.Length != 1 || RegisterOf(type) is null) return registers;
        Value wide = kernel.Ir.Emit(Opcode.ZeroExtend, IrType.I32, registers[0]);
        return [type == typeof(short) ? kernel.Ir.Append(new Instruction(Opcode.SignExtendLow, kernel.Location, [wide], IrType.I32) { Bits = 16 }) : wide];
    }

    private static PtxFormOperand Read(Value[] leaves, List<Value> read, bool isImmediate)
    {
        int first = read.Count;
        read.AddRange(leaves);
        return new PtxFormOperand(first, -1, leaves.Length, leaves.Length > 1, isImmediate);
    }

    private PtxFormOperand Written(Type type, List<IrType> written, int firstOperand)
    {
        int first = written.Count;
        Leaf[] leaves = Layout.Of(type, kernel.Location).Leaves;
        foreach (Leaf leaf in leaves) written.Add(leaves.Length == 1 ? RegisterOf(type) ?? leaf.Type.Register : leaf.Type.Register);
        return new PtxFormOperand(firstOperand, first, leaves.Length, leaves.Length > 1, false);
    }

    private void WriteBack(
        MethodInfo method, ParameterInfo[] parameters, StackValue[] arguments, Dictionary<string, PtxFormOperand> operands, Instruction instruction)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            PtxFormOperand operand = operands[parameters[i].Name!];
            if (operand.FirstResult < 0) continue;
            Type type = parameters[i].ParameterType.GetElementType()!;
            kernel.Memory.Store(type, arguments[i], StackValue.Of(type, FromRegisters(type, instruction.Results[operand.FirstResult..(operand.FirstResult + operand.Count)])));
        }
    }

    private StackValue ResultOf(MethodInfo method, Instruction instruction)
    {
        if (method.ReturnType == typeof(void)) return StackValue.Nothing;
        int count = Layout.Of(method.ReturnType, kernel.Location).Leaves.Length;
        return Coercion.To(kernel, method.ReturnType, StackValue.Of(method.ReturnType, FromRegisters(method.ReturnType, instruction.Results[..count])));
    }
}
