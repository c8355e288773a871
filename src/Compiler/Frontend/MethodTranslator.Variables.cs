using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Constants, arguments, local variables, and the stack itself.</summary>
internal sealed partial class MethodTranslator
{
    private bool TranslateConstant(IlInstruction instruction)
    {
        switch (instruction.OpCode)
        {
            case ILOpCode.Nop or ILOpCode.Break:
                break;
            case ILOpCode.Ldc_i4 or ILOpCode.Ldc_i4_s or (>= ILOpCode.Ldc_i4_m1 and <= ILOpCode.Ldc_i4_8):
                Push(Constant.I32((int)instruction.Operand));
                break;
            case ILOpCode.Ldc_i8:
                Push(Constant.I64(instruction.Operand));
                break;
            case ILOpCode.Ldc_r4:
                Push(new Constant(IrType.F32, (uint)instruction.Operand));
                break;
            case ILOpCode.Ldc_r8:
                Push(new Constant(IrType.F64, (ulong)instruction.Operand));
                break;
            case ILOpCode.Ldstr:
                stack.Push(StackValue.OfKnown(method.ResolveString(instruction.Operand)));
                break;
            case ILOpCode.Dup:
                stack.Push(stack.Peek());
                break;
            case ILOpCode.Pop:
                stack.Pop();
                break;
            default:
                return false;
        }
        return true;
    }

    private bool TranslateVariable(IlInstruction instruction)
    {
        int index = (int)instruction.Operand;
        switch (instruction.OpCode)
        {
            case ILOpCode.Ldarg or ILOpCode.Ldarg_s or (>= ILOpCode.Ldarg_0 and <= ILOpCode.Ldarg_3):
                stack.Push(variables.LoadArgument(index));
                break;
            case ILOpCode.Starg or ILOpCode.Starg_s:
                variables.StoreArgument(index, Pop());
                break;
            case ILOpCode.Ldarga or ILOpCode.Ldarga_s:
                stack.Push(variables.AddressOfArgument(index));
                break;
            case ILOpCode.Ldloc or ILOpCode.Ldloc_s or (>= ILOpCode.Ldloc_0 and <= ILOpCode.Ldloc_3):
                stack.Push(variables.LoadLocal(index));
                break;
            case ILOpCode.Stloc or ILOpCode.Stloc_s or (>= ILOpCode.Stloc_0 and <= ILOpCode.Stloc_3):
                variables.StoreLocal(index, Pop());
                break;
            case ILOpCode.Ldloca or ILOpCode.Ldloca_s:
                stack.Push(variables.AddressOfLocal(index));
                break;
            default:
                return false;
        }
        return true;
    }
}
