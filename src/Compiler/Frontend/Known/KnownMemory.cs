using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>Unsafe and Volatile.</summary>
internal static class KnownMemory
{
    private const string Unsafe = "System.Runtime.CompilerServices.Unsafe.";

    public static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Entries =>
    [
        new(Unsafe + "Add", call => Move(call, isBytes: false, isBack: false)),
        new(Unsafe + "Subtract", call => Move(call, isBytes: false, isBack: true)),
        new(Unsafe + "AddByteOffset", call => Move(call, isBytes: true, isBack: false)),
        new(Unsafe + "SubtractByteOffset", call => Move(call, isBytes: true, isBack: true)),
        new(Unsafe + "As", SameReference),
        new(Unsafe + "AsRef", SameReference),
        new(Unsafe + "AsPointer", SameReference),
        new(Unsafe + "SizeOf", call => new StackValue(Constant.I32(Layout.Of(call.TypeArgument(0), call.Kernel.Location).Size))),
        new(Unsafe + "BitCast", BitCast),
        new(Unsafe + "Read", call => call.Memory.Load(call.TypeArgument(0), call.Arguments[0])),
        new(Unsafe + "ReadUnaligned", call => call.Memory.Load(call.TypeArgument(0), call.Arguments[0], packing: 1)),
        new(Unsafe + "Write", call => Write(call, int.MaxValue)),
        new(Unsafe + "WriteUnaligned", call => Write(call, 1)),
        new(Unsafe + "NullRef", _ => StackValue.Pointer(new Constant(IrType.GlobalPtr, 0), 0)),
        new(Unsafe + "IsNullRef", call => new StackValue(call.Ir.Emit(Opcode.ZeroExtend, IrType.I32, IsNull(call)))),
        new(Unsafe + "SkipInit", _ => StackValue.Nothing),
        new(Unsafe + "ByteOffset", ByteOffset),
        new("System.Threading.Volatile.Read", call => call.Memory.Load(Referent(call), call.Arguments[0], isVolatile: true)),
        new("System.Threading.Volatile.Write", VolatileWrite),
    ];

    /// <summary>What the first parameter refers to.</summary>
    private static Type Referent(KnownCall call) => call.Method.GetParameters()[0].ParameterType.GetElementType()!;

    private static StackValue SameReference(KnownCall call)
    {
        bool isCast = call.Method.GetParameters() is [{ ParameterType: { IsByRef: false, IsPointer: false } }];
        return isCast
            ? throw DiagnosticKinds.UnsupportedType.At(call.Kernel.Location, "object") : call.Memory.Dereferenceable(call.Arguments[0]);
    }

    private static StackValue Move(KnownCall call, bool isBytes, bool isBack)
    {
        StackValue place = call.Memory.Dereferenceable(call.Arguments[0]);
        Value count = call.Kernel.Scalar(call.Arguments[1]);
        bool isUnsigned = call.Method.GetParameters()[1].ParameterType == typeof(nuint) && count.Type == IrType.I32;
        IrType width = place.Leaves[0].Type == IrType.SharedPtr ? IrType.I32 : IrType.I64;
        if (width == IrType.I32)
            count = Narrowing.To32(call.Ir, count);
        else if (count.Type == IrType.I32)
            count = call.Ir.Emit(isUnsigned ? Opcode.ZeroExtend : Opcode.SignExtend, IrType.I64, count);
        int size = isBytes ? 1 : Layout.Of(call.TypeArgument(0), call.Kernel.Location).Size;
        Value bytes = call.Ir.Emit(Opcode.Mul, width, count, Constant.Integer(width, size));
        if (isBack)
            bytes = call.Ir.Emit(Opcode.Neg, width, bytes);
        return call.Memory.Offset(place, bytes);
    }

    private static StackValue BitCast(KnownCall call)
    {
        Type from = call.TypeArgument(0), to = call.TypeArgument(1);
        Layout source = Layout.Of(from, call.Kernel.Location), target = Layout.Of(to, call.Kernel.Location);
        if (source.Size != target.Size)
            throw DiagnosticKinds.Instruction.At(call.Kernel.Location, $"a bit cast from {from} to {to}, which differ in size");
        bool isDirect = source.Leaves.Length == target.Leaves.Length
            && source.Leaves.Zip(target.Leaves, (a, b) => a.Offset == b.Offset && a.Type.Bytes == b.Type.Bytes).All(same => same);
        if (!isDirect)
            return call.Memory.Load(to, call.Memory.Spill(from, call.Arguments[0]));
        Value[] leaves = call.Kernel.Scalars(call.Arguments[0]);
        return StackValue.Of(to, [.. leaves.Select((leaf, i) => BitCast(call, leaf, target.Leaves[i].Type))]);
    }

    private static Value BitCast(KnownCall call, Value value, MemoryType type)
    {
        IrType register = type.Register;
        if (value.Type == register)
            return Narrowing.ToSmall(call.Ir, value, type);
        if (value.Type == IrType.B16)
            return Narrowing.ToSmall(call.Ir, call.Ir.Emit(Opcode.ZeroExtend, IrType.I32, value), type);
        return call.Ir.Emit(register == IrType.B16 ? Opcode.Truncate : Opcode.Bitcast, register, value);
    }

    private static StackValue Write(KnownCall call, int packing)
    {
        Type type = call.TypeArgument(0);
        call.Memory.Store(type, call.Arguments[0], Coercion.To(call.Kernel, type, call.Arguments[1]), packing: packing);
        return StackValue.Nothing;
    }

    private static StackValue VolatileWrite(KnownCall call)
    {
        call.Memory.Store(Referent(call), call.Arguments[0], Coercion.To(call.Kernel, Referent(call), call.Arguments[1]), isVolatile: true);
        return StackValue.Nothing;
    }

    private static Value IsNull(KnownCall call)
    {
        StackValue place = call.Memory.Dereferenceable(call.Arguments[0]);
        if (place.Leaves[0].Type is IrType.LocalPtr or IrType.SharedPtr or IrType.ConstPtr or IrType.ThreadPtr)
            return Constant.Pred(false);
        return call.Ir.Compare(Condition.Eq, call.Kernel.Number(place), Constant.I64(0));
    }

    private static StackValue ByteOffset(KnownCall call)
    {
        StackValue origin = call.Arguments[0], target = call.Arguments[1];
        if (ReferenceEquals(origin.Leaves[0], target.Leaves[0]))
            return new StackValue(Constant.I64(target.Offset - origin.Offset));
        Value from = call.Kernel.Number(origin), to = call.Kernel.Number(target);
        Value bytes = call.Ir.Emit(Opcode.Sub, from.Type, to, from);
        return new StackValue(bytes.Type == IrType.I64 ? bytes : call.Ir.Emit(Opcode.SignExtend, IrType.I64, bytes));
    }
}
