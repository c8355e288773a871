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
        if (!method.IsStatic)
            throw Wrong(method, "only static methods can be instructions");
        ParameterInfo[] parameters = method.GetParameters();
        if (Array.Exists(parameters, parameter => parameter.Name is "result" or "unique"))
            throw Wrong(method, "no parameter may be called result or unique");
        if (method.ReturnType.IsByRef)
            throw Wrong(method, "an instruction can't return a reference; return an address as a number");
        return attribute.InWords ? CallInWords(method, attribute, arguments) : CallOnce(method, attribute, arguments);
    }

    private StackValue CallOnce(MethodInfo method, PtxAttribute attribute, StackValue[] arguments)
    {
        ParameterInfo[] parameters = method.GetParameters();
        var operands = new Dictionary<string, PtxFormOperand>(StringComparer.Ordinal);
        var read = new List<Value>();
        var written = new List<IrType>();
        if (method.ReturnType != typeof(void))
            operands.Add("result", Written(method.ReturnType, written, -1));
        // Results of ref parameters come in the order of their operands; the plain result is first.
        for (int i = 0; i < parameters.Length; i++)
        {
            if (!PtxWords.IsWord(parameters[i].ParameterType))
                operands.Add(parameters[i].Name!, Operand(method, parameters[i], arguments[i], read, written));
        }
        Instruction instruction = Emit(Form(method, attribute, arguments, operands), read, written);
        WriteBack(parameters, arguments, operands, instruction);
        return ResultOf(method, instruction);
    }

    /// <summary>The instruction once for each word of the value.</summary>
    private StackValue CallInWords(MethodInfo method, PtxAttribute attribute, StackValue[] arguments)
    {
        ParameterInfo[] parameters = method.GetParameters();
        Type type = method.ReturnType;
        if (!Array.Exists(parameters, parameter => parameter.ParameterType == type))
            throw Wrong(method, "InWords gives back a value of the type that it takes to pieces; no parameter has the result's type");
        if (Array.Exists(parameters, parameter => parameter.ParameterType.IsByRef && !parameter.IsDefined(typeof(AddressAttribute), false)))
            throw Wrong(method, "an instruction InWords can't read and write a ref parameter for each word");
        var words = new ValueWords(kernel, type);
        Value[][] split = [.. parameters.Select((parameter, i) =>
            parameter.ParameterType == type ? words.Split(kernel.Scalars(Coercion.To(kernel, type, arguments[i]))) : [])];
        var results = new Value[words.Count];
        for (int word = 0; word < results.Length; word++)
        {
            var read = new List<Value>();
            var written = new List<IrType> { words.TypeOf(word) };
            var operands = new Dictionary<string, PtxFormOperand>(StringComparer.Ordinal) { ["result"] = new(-1, 0, 1, false, false) };
            for (int i = 0; i < parameters.Length; i++)
            {
                if (PtxWords.IsWord(parameters[i].ParameterType))
                    continue;
                PtxFormOperand operand = parameters[i].ParameterType == type
                    ? Read([split[i][word]], read, false)
                    : Operand(method, parameters[i], arguments[i], read, written);
                operands.Add(parameters[i].Name!, operand);
            }
            results[word] = Emit(Form(method, attribute, arguments, operands), read, written).Results[0];
        }
        return Coercion.To(kernel, type, StackValue.Of(type, words.Join(results)));
    }

    private PtxForm Form(MethodInfo method, PtxAttribute attribute, StackValue[] arguments, Dictionary<string, PtxFormOperand> operands)
    {
        string text = PtxText.Fill(method, attribute.Text, arguments, kernel.Location);
        PtxText.Check(method, text, operands, kernel.Location);
        int architecture = attribute.Architecture, version = attribute.IsaVersion;
        foreach (PtxWordAttribute word in PtxWords.Of(method, arguments, kernel.Location))
            (architecture, version) = (Math.Max(architecture, word.Architecture), Math.Max(version, word.IsaVersion));
        return new PtxForm(text, operands, attribute.Pure, architecture, attribute.ArchitectureSpecific, version, attribute.Declaration);
    }

    private Instruction Emit(PtxForm form, List<Value> read, List<IrType> written)
    {
        var instruction = new Instruction(Opcode.Ptx, kernel.Location, [.. read], [.. written]) { Ptx = form };
        kernel.Ir.Block.Instructions.Add(instruction);
        return instruction;
    }

    private CompileException Wrong(MethodInfo method, string why) =>
        DiagnosticKinds.PtxText.At(kernel.Location, MethodNames.Of(method), why);

    private PtxFormOperand Operand(MethodInfo method, ParameterInfo parameter, StackValue argument, List<Value> read, List<IrType> written)
    {
        Type type = parameter.ParameterType;
        bool isImmediate = parameter.IsDefined(typeof(ImmediateAttribute), false);
        if (parameter.GetCustomAttribute<AddressAttribute>() is { } address)
        {
            if (!type.IsByRef)
                throw Wrong(method, $"[Address] stands on {parameter.Name}, which isn't a ref parameter");
            StackValue place = kernel.Memory.Dereferenceable(argument);
            if (!Spaces.IsIn(place.Leaves[0].Type, address.Spaces))
            {
                string actual = Spaces.NameOf(place.Leaves[0].Type), what = $"{parameter.Name} of {MethodNames.Of(method)}";
                throw DiagnosticKinds.WrongStateSpace.At(kernel.Location, what, Spaces.NamesOf(address.Spaces), actual);
            }
            return Read([kernel.Scalar(place)], read, isImmediate);
        }
        if (!type.IsByRef)
            return Read(ToRegisters(type, kernel.Scalars(Coercion.To(kernel, type, argument))), read, isImmediate);
        Type referent = type.GetElementType()!;
        if (parameter.IsOut)
            return Written(referent, written, -1);
        PtxFormOperand value = Read(kernel.Scalars(kernel.Memory.Load(referent, argument)), read, isImmediate);
        return parameter.IsIn ? value : Written(referent, written, value.FirstOperand);
    }

    /// <summary>What C# keeps in an int and PTX in a register of its own kind: a bool is a predicate, a 16-bit integer has 16
    /// bits.</summary>
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
        if (registers.Length != 1 || RegisterOf(type) is null)
            return registers;
        Value wide = kernel.Ir.Emit(Opcode.ZeroExtend, IrType.I32, registers[0]);
        if (type != typeof(short))
            return [wide];
        return [kernel.Ir.Append(new Instruction(Opcode.SignExtendLow, kernel.Location, [wide], IrType.I32) { Bits = 16 })];
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
        foreach (Leaf leaf in leaves)
            written.Add(leaves.Length == 1 ? RegisterOf(type) ?? leaf.Type.Register : leaf.Type.Register);
        return new PtxFormOperand(firstOperand, first, leaves.Length, leaves.Length > 1, false);
    }

    private void WriteBack(
        ParameterInfo[] parameters, StackValue[] arguments, Dictionary<string, PtxFormOperand> operands, Instruction instruction)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            if (!operands.TryGetValue(parameters[i].Name!, out PtxFormOperand? operand) || operand.FirstResult < 0)
                continue;
            Type type = parameters[i].ParameterType.GetElementType()!;
            Value[] results = instruction.Results[operand.FirstResult..(operand.FirstResult + operand.Count)];
            kernel.Memory.Store(type, arguments[i], StackValue.Of(type, FromRegisters(type, results)));
        }
    }

    private StackValue ResultOf(MethodInfo method, Instruction instruction)
    {
        if (method.ReturnType == typeof(void))
            return StackValue.Nothing;
        int count = Layout.Of(method.ReturnType, kernel.Location).Leaves.Length;
        StackValue value = StackValue.Of(method.ReturnType, FromRegisters(method.ReturnType, instruction.Results[..count]));
        return Coercion.To(kernel, method.ReturnType, value);
    }
}
