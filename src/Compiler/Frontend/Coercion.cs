using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>What IL converts by itself when a value goes into a variable, a parameter or a result of some type.</summary>
internal static class Coercion
{
    public static StackValue To(KernelBuilder kernel, Type type, StackValue value)
    {
        if (value.Known is not null || Layout.ScalarOf(type) is not { } memoryType || value.Leaves.Length != 1)
            return value;
        if (memoryType == MemoryType.GlobalPtr)
            return value.IsPointer ? value : kernel.Memory.Dereferenceable(value);
        if (value.IsPointer && value.Leaves[0].Type == IrType.LocalPtr)
            return value;
        return new StackValue(Scalar(kernel, memoryType, kernel.Number(value)));
    }

    private static Value Scalar(KernelBuilder kernel, MemoryType type, Value value) => (type.Register, value.Type) switch
    {
        (IrType.I64, IrType.I32) => kernel.Ir.Emit(Opcode.SignExtend, IrType.I64, value),
        (IrType.I32, IrType.I64) => kernel.Ir.Emit(Opcode.Truncate, IrType.I32, value),
        (IrType.F32, IrType.F64) => kernel.Ir.Emit(Opcode.ConvertFloat, IrType.F32, value),
        (IrType.F64, IrType.F32) => kernel.Ir.Emit(Opcode.ConvertFloat, IrType.F64, value),
        (IrType.B16, IrType.I32) => kernel.Ir.Emit(Opcode.Truncate, IrType.B16, value),
        _ => Narrowing.ToSmall(kernel.Ir, value, type),
    };
}
