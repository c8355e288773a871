using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>
/// What IL has on its stack: the scalars of a C# value, in the order of its <see cref="Layout"/>; or something that only exists while
/// compiling (a type, a string).
/// </summary>
internal sealed class StackValue
{
    public StackValue(params Value[] leaves) => Leaves = leaves;

    /// <summary>What a void method returns.</summary>
    public static StackValue Nothing { get; } = new();

    public Value[] Leaves { get; }

    /// <summary>Bytes to be added to the pointer that this is; constant offsets go into loads and stores, not into instructions.</summary>
    public long Offset { get; private init; }

    /// <summary>A Type, a string, a field, a boxed value: known here, not in the kernel.</summary>
    public object? Known { get; private init; }

    /// <summary>Fields of a struct, be it only one.</summary>
    public bool IsStruct { get; private init; }

    public bool IsPointer => !IsStruct && Leaves.Length == 1 && Leaves[0].Type.IsPointer;

    public Constant? Constant => Leaves.Length == 1 ? Leaves[0] as Constant : null;

    /// <summary>A value of a C# type.</summary>
    public static StackValue Of(Type type, params Value[] leaves)
    {
        if (Layout.ScalarOf(type) is null)
            return OfStruct(leaves);
        return leaves is [{ Type.IsPointer: true } pointer] ? Pointer(pointer, 0) : new StackValue(leaves);
    }

    public static StackValue OfStruct(params Value[] leaves) => new(leaves) { IsStruct = true };

    public static StackValue Pointer(Value pointer, long offset)
    {
        while (pointer.Definition is { Opcode: Opcode.Offset } inner && inner.Operands[1] is Constant bytes)
        {
            offset += bytes.Signed;
            pointer = inner.Operands[0];
        }
        return new StackValue(pointer) { Offset = offset };
    }

    public static StackValue OfKnown(object known) => new() { Known = known };
}
