using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Types, boxes, and what needs the garbage collector.</summary>
internal sealed partial class MethodTranslator
{
    private static readonly object Nothing = new Missing();

    private bool TranslateObject(IlInstruction instruction)
    {
        switch (instruction.OpCode)
        {
            case ILOpCode.Sizeof:
                Push(Constant.I32(Layout.Of(method.ResolveType(instruction.Operand), kernel.Location).Size));
                break;
            case ILOpCode.Ldtoken:
                stack.Push(StackValue.OfKnown(method.ResolveMember(instruction.Operand)));
                break;
            case ILOpCode.Ldnull:
                stack.Push(StackValue.OfKnown(Nothing));
                break;
            case ILOpCode.Box:
                Type boxed = method.ResolveType(instruction.Operand);
                stack.Push(StackValue.OfKnown(new Boxed(boxed, Pop())));
                break;
            case ILOpCode.Unbox_any:
                Unbox(method.ResolveType(instruction.Operand));
                break;
            case ILOpCode.Newarr:
                throw DiagnosticKinds.Allocation.At(kernel.Location, $"new {method.ResolveType(instruction.Operand)}[]");
            case ILOpCode.Ldlen or ILOpCode.Ldelem or ILOpCode.Ldelema or ILOpCode.Stelem or ILOpCode.Isinst or ILOpCode.Castclass
                or ILOpCode.Unbox:
                throw DiagnosticKinds.UnsupportedType.At(kernel.Location, "class or array");
            default:
                return false;
        }
        return true;
    }

    /// <summary>(T)(object)x in generic code is x, where the types agree.</summary>
    private void Unbox(Type type)
    {
        StackValue value = Pop();
        if (value.Known is not Boxed boxed || boxed.Type != type)
            throw DiagnosticKinds.UnsupportedType.At(kernel.Location, $"object as {type}");
        stack.Push(boxed.Value);
    }

    /// <summary>null</summary>
    private sealed record Missing;
}
