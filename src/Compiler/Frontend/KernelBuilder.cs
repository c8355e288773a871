using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>The kernel being made: what all of its inlined methods share.</summary>
internal sealed class KernelBuilder
{
    private readonly List<Instruction> locals = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<object, Variable> staticVariables = [];
    private readonly Dictionary<System.Reflection.MethodBase, Il.IlMethod?> methods = [];

    public KernelBuilder(Function function, CompileOptions options)
    {
        Function = function;
        Options = options;
        function.Blocks.Add(new Block());
        Ir = new IrBuilder { Block = function.Entry };
        Memory = new MemoryAccess(this);
        Calls = new CallTranslator(this);
    }

    public Function Function { get; }

    public CompileOptions Options { get; }

    public IrBuilder Ir { get; }

    public MemoryAccess Memory { get; }

    public CallTranslator Calls { get; }

    public Location? Location => Ir.Location;

    /// <summary>A variable of the thread.</summary>
    public Value NewLocal(int bytes)
    {
        var local = new Instruction(Opcode.Local, Location, [Constant.I32(Math.Max(bytes, 1))], IrType.LocalPtr);
        locals.Add(local);
        return local.Result;
    }

    public Il.IlMethod? Method(System.Reflection.MethodBase method) =>
        methods.TryGetValue(method, out Il.IlMethod? known) ? known : methods[method] = Il.IlMethod.Of(method);

    /// <summary>A new variable whose name is made unique.</summary>
    public Variable NewVariable(string name, VariableSpace space, int bytes, int alignment, byte[]? initial = null)
    {
        string unique = name;
        for (int i = 2; !names.Add(unique); i++)
            unique = $"{name}_{i}";
        var variable = new Variable(unique, space, bytes, alignment, initial) { Location = Location };
        Function.Variables.Add(variable);
        return variable;
    }

    /// <summary>The variable that stands for something there is one of, such as a static field.</summary>
    public Variable StaticVariable(object key, Func<Variable> make) =>
        staticVariables.TryGetValue(key, out Variable? variable) ? variable : staticVariables[key] = make();

    public Value AddressOf(Variable variable) =>
        Ir.Append(new Instruction(Opcode.VariableAddress, Location, [], variable.PointerType) { Variable = variable });

    /// <summary>Puts the locals before everything else.</summary>
    public void Finish() => Function.Entry.Instructions.InsertRange(0, locals);

    /// <summary>The one scalar that a value is, its constant offset added.</summary>
    public Value Scalar(StackValue value)
    {
        if (value.Known is not null)
            throw Refuse(value.Known);
        if (value.Leaves.Length != 1)
            throw DiagnosticKinds.Instruction.At(Location, "a struct used as a number");
        return value.Offset == 0 ? value.Leaves[0] : Ir.Offset(value.Leaves[0], Constant.I64(value.Offset));
    }

    /// <summary>All scalars of a value.</summary>
    public Value[] Scalars(StackValue value)
    {
        if (value.Known is not null)
            throw Refuse(value.Known);
        return value.Offset == 0 ? value.Leaves : [Scalar(value)];
    }

    /// <summary>A pointer as an integer of its width, everything else as it is.</summary>
    public Value Number(StackValue value)
    {
        Value scalar = Scalar(value);
        if (!scalar.Type.IsPointer)
            return scalar;
        if (scalar is Constant constant)
            return new Constant(scalar.Type.Integer, constant.Bits);
        if (scalar.Type == IrType.LocalPtr)
            throw DiagnosticKinds.WrongStateSpace.At(Location, "an address as a number", "shared or global", "registers");
        return Ir.Emit(Opcode.Bitcast, scalar.Type.Integer, scalar);
    }

    /// <summary>The diagnostic for a compile-time thing that the kernel would need.</summary>
    public CompileException Refuse(object known) => known switch
    {
        string => DiagnosticKinds.String.At(Location),
        Boxed boxed => DiagnosticKinds.Allocation.At(Location, $"boxing {boxed.Type}"),
        _ => DiagnosticKinds.UnsupportedType.At(Location, known.GetType()),
    };
}
