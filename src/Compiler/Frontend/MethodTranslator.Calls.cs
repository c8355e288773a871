using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Calls and constructors.</summary>
internal sealed partial class MethodTranslator
{
    private bool TranslateCall(IlInstruction instruction, int index)
    {
        switch (instruction.OpCode)
        {
            case ILOpCode.Constrained:
                constrained = method.ResolveType(instruction.Operand);
                break;
            case ILOpCode.Call:
                Call(method.ResolveMethod(instruction.Operand), index);
                break;
            case ILOpCode.Callvirt:
                MethodBase target = method.ResolveMethod(instruction.Operand);
                if (constrained is null && (target.IsVirtual || IsDelegate(target.DeclaringType!)))
                    throw DiagnosticKinds.VirtualCall.At(kernel.Location, MethodNames.Of(target));
                Call(target, index);
                break;
            case ILOpCode.Calli:
                throw DiagnosticKinds.VirtualCall.At(kernel.Location, "a function pointer");
            case ILOpCode.Newobj:
                Construct((ConstructorInfo)method.ResolveMethod(instruction.Operand));
                break;
            case ILOpCode.Ldftn or ILOpCode.Ldvirtftn:
                throw DiagnosticKinds.VirtualCall.At(kernel.Location, MethodNames.Of(method.ResolveMethod(instruction.Operand)));
            default:
                return false;
        }
        return true;
    }

    private static bool IsDelegate(Type type) => typeof(Delegate).IsAssignableFrom(type);

    private void Call(MethodBase target, int index)
    {
        if (constrained is { } type)
            target = MethodResolution.Find(type, (MethodInfo)target, kernel.Location);
        int count = target.GetParameters().Length + (target.IsStatic ? 0 : 1);
        StackValue[] arguments = PopMany(count);
        Location here = kernel.Location!;
        StackValue? result = kernel.Calls.Call(target, arguments, here, () => NameOfTarget(index));
        Ir.Location = here;
        if (result is null)
            isFinished = true;
        else if (target is MethodInfo info && info.ReturnType != typeof(void))
            stack.Push(result);
    }

    private StackValue[] PopMany(int count)
    {
        var values = new StackValue[count];
        for (int i = count - 1; i >= 0; i--)
            values[i] = Pop();
        return values;
    }

    private void Construct(ConstructorInfo constructor)
    {
        Type type = constructor.DeclaringType!;
        StackValue[] arguments = PopMany(constructor.GetParameters().Length);
        if (IsDelegate(type))
            throw DiagnosticKinds.VirtualCall.At(kernel.Location, type.ToString());
        if (typeof(Exception).IsAssignableFrom(type))
            throw DiagnosticKinds.Throw.At(kernel.Location);
        if (!type.IsValueType)
            throw DiagnosticKinds.Allocation.At(kernel.Location, $"new {type}");
        StackValue place = StackValue.Pointer(kernel.NewLocal(Layout.Of(type, kernel.Location).Size), 0);
        Location here = kernel.Location!;
        StackValue? done = kernel.Calls.Call(constructor, [place, .. arguments], here, () => null);
        Ir.Location = here;
        if (done is null)
            isFinished = true;
        else
            stack.Push(Memory.Load(type, place));
    }

    /// <summary>The C# variable that the result goes into, if it goes into one.</summary>
    private string? NameOfTarget(int index)
    {
        if (index + 1 >= method.Instructions.Length)
            return null;
        IlInstruction next = method.Instructions[index + 1];
        return IlMethod.IsStore(next.OpCode) ? SourceMap.NameOfLocal(method.Method, method.Slots[(int)next.Operand], next.End) : null;
    }
}
