using System.Reflection;
using System.Reflection.Metadata;

namespace CogVideoX.Compiler.Frontend.Il;

/// <summary>A closed method's IL, and how it uses its variables.</summary>
internal sealed class IlMethod
{
    private readonly Type[]? typeArguments;
    private readonly Type[]? methodArguments;

    private IlMethod(MethodBase method, MethodBody body)
    {
        Method = method;
        Instructions = IlReader.Decode(body.GetILAsByteArray());
        Blocks = IlBlocks.Of(Instructions);
        Slots = SlotSplitter.Split(Instructions, Blocks, body.LocalVariables.Count);
        typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        LocalTypes = [.. Slots.Select(slot => body.LocalVariables[slot].LocalType)];
        var parameters = method.GetParameters().Select(parameter => parameter.ParameterType);
        ArgumentTypes = method.IsStatic ? [.. parameters] : [ThisType(method), .. parameters];
        ClearsLocals = body.InitLocals;
        Protected = [.. body.ExceptionHandlingClauses];
        Locals = new VariableUse[LocalTypes.Length];
        Arguments = new VariableUse[ArgumentTypes.Length];
        foreach (IlInstruction instruction in Instructions)
            Count(instruction);
    }

    public MethodBase Method { get; }

    public IlInstruction[] Instructions { get; }

    public SortedDictionary<int, IlBlock> Blocks { get; }

    /// <summary>The slot of each local variable in the method's metadata.</summary>
    public IReadOnlyList<int> Slots { get; }

    public Type[] LocalTypes { get; }

    /// <summary>With the type of <c>this</c>, a reference for structs, before the parameters' types.</summary>
    public Type[] ArgumentTypes { get; }

    public VariableUse[] Locals { get; }

    public VariableUse[] Arguments { get; }

    /// <summary>What <c>stackalloc</c> makes is zeroed.</summary>
    public bool ClearsLocals { get; }

    public ExceptionHandlingClause[] Protected { get; }

    /// <summary>The IL, or null for a method that has none.</summary>
    public static IlMethod? Of(MethodBase method) => method.GetMethodBody() is { } body ? new IlMethod(method, body) : null;

    public Type ResolveType(long token) => Method.Module.ResolveType((int)token, typeArguments, methodArguments);

    public FieldInfo ResolveField(long token) => Method.Module.ResolveField((int)token, typeArguments, methodArguments)!;

    public MethodBase ResolveMethod(long token) => Method.Module.ResolveMethod((int)token, typeArguments, methodArguments)!;

    public MemberInfo ResolveMember(long token) => Method.Module.ResolveMember((int)token, typeArguments, methodArguments)!;

    public string ResolveString(long token) => Method.Module.ResolveString((int)token);

    private static Type ThisType(MethodBase method) =>
        method.DeclaringType!.IsValueType ? method.DeclaringType.MakeByRefType() : method.DeclaringType;

    public static bool IsLoad(ILOpCode code) => code is ILOpCode.Ldloc or ILOpCode.Ldloc_s or (>= ILOpCode.Ldloc_0 and <= ILOpCode.Ldloc_3);

    public static bool IsStore(ILOpCode code) =>
        code is ILOpCode.Stloc or ILOpCode.Stloc_s or (>= ILOpCode.Stloc_0 and <= ILOpCode.Stloc_3);

    public static bool IsAddress(ILOpCode code) => code is ILOpCode.Ldloca or ILOpCode.Ldloca_s;

    private void Count(IlInstruction instruction)
    {
        int index = (int)instruction.Operand;
        switch (instruction.OpCode)
        {
            case ILOpCode.Stloc or ILOpCode.Stloc_s or (>= ILOpCode.Stloc_0 and <= ILOpCode.Stloc_3):
                Locals[index].Stores++;
                break;
            case ILOpCode.Ldloca or ILOpCode.Ldloca_s:
                Locals[index].IsAddressed = true;
                break;
            case ILOpCode.Starg or ILOpCode.Starg_s:
                Arguments[index].Stores++;
                break;
            case ILOpCode.Ldarga or ILOpCode.Ldarga_s:
                Arguments[index].IsAddressed = true;
                break;
        }
    }
}

/// <summary>What a method does with a local variable or an argument.</summary>
internal struct VariableUse
{
    /// <summary>Instructions that assign it.</summary>
    public int Stores { get; set; }

    public bool IsAddressed { get; set; }
}
