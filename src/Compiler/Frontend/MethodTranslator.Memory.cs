using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Ir;
using ILOpCode = System.Reflection.Metadata.ILOpCode;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Loads and stores through pointers and references.</summary>
internal sealed partial class MethodTranslator
{
    private Type? constrained;
    private bool isVolatile;
    private int packing = int.MaxValue;

    private bool TranslateMemory(IlInstruction instruction)
    {
        switch (instruction.OpCode)
        {
            case ILOpCode.Volatile:
                isVolatile = true;
                break;
            case ILOpCode.Unaligned:
                packing = (int)instruction.Operand;
                break;
            case ILOpCode.Readonly or ILOpCode.Tail:
                break;
            case ILOpCode.Ldobj:
                stack.Push(Memory.Load(method.ResolveType(instruction.Operand), Pop(), isVolatile, packing));
                break;
            case ILOpCode.Stobj:
                StoreThrough(method.ResolveType(instruction.Operand));
                break;
            case ILOpCode.Cpobj:
                Type copied = method.ResolveType(instruction.Operand);
                StackValue source = Pop(), target = Pop();
                Memory.Store(copied, target, Memory.Load(copied, source));
                break;
            case ILOpCode.Initobj:
                Memory.Clear(method.ResolveType(instruction.Operand), Pop());
                break;
            case ILOpCode.Localloc:
                AllocateLocal();
                break;
            case ILOpCode.Ldind_ref:
                stack.Push(Memory.Load(typeof(void).MakePointerType(), Pop(), isVolatile, packing));
                break;
            default:
                return TranslateIndirect(instruction.OpCode);
        }
        return true;
    }

    private bool TranslateIndirect(ILOpCode code)
    {
        Type? loaded = code switch
        {
            ILOpCode.Ldind_i1 => typeof(sbyte),
            ILOpCode.Ldind_u1 => typeof(byte),
            ILOpCode.Ldind_i2 => typeof(short),
            ILOpCode.Ldind_u2 => typeof(ushort),
            ILOpCode.Ldind_i4 or ILOpCode.Ldind_u4 => typeof(int),
            ILOpCode.Ldind_i8 => typeof(long),
            ILOpCode.Ldind_i => typeof(void).MakePointerType(),
            ILOpCode.Ldind_r4 => typeof(float),
            ILOpCode.Ldind_r8 => typeof(double),
            _ => null,
        };
        if (loaded is not null)
        {
            stack.Push(Memory.Load(loaded, Pop(), isVolatile, packing));
            return true;
        }
        Type? stored = code switch
        {
            ILOpCode.Stind_i1 => typeof(sbyte),
            ILOpCode.Stind_i2 => typeof(short),
            ILOpCode.Stind_i4 => typeof(int),
            ILOpCode.Stind_i8 => typeof(long),
            ILOpCode.Stind_i => typeof(void).MakePointerType(),
            ILOpCode.Stind_r4 => typeof(float),
            ILOpCode.Stind_r8 => typeof(double),
            _ => null,
        };
        if (stored is null)
            return false;
        StoreThrough(stored);
        return true;
    }

    private void StoreThrough(Type type)
    {
        StackValue value = Pop(), address = Pop();
        Memory.Store(type, address, IsSmall(type) ? value : Coercion.To(kernel, type, value), isVolatile, packing);
    }

    /// <summary>A store cuts small integers by itself.</summary>
    private static bool IsSmall(Type type) => Layout.ScalarOf(type) is { Bytes: < 4 } and not MemoryType.B16;

    private void AllocateLocal()
    {
        if (PopNumber() is not Constant { Signed: > 0 and < 65536 } size)
            throw DiagnosticKinds.RegistersSize.At(kernel.Location);
        StackValue place = StackValue.Pointer(kernel.NewLocal((int)size.Bits), 0);
        if (method.ClearsLocals)
        {
            int bytes = (int)size.Bits, words = bytes / 4;
            for (int i = 0; i < words; i++)
                Memory.Store(typeof(int), StackValue.Pointer(place.Leaves[0], i * 4), new StackValue(Constant.I32(0)));
            for (int i = words * 4; i < bytes; i++)
                Memory.Store(typeof(byte), StackValue.Pointer(place.Leaves[0], i), new StackValue(Constant.I32(0)));
        }
        stack.Push(place);
    }

    private void ForgetPrefixes()
    {
        constrained = null;
        isVolatile = false;
        packing = int.MaxValue;
    }
}
