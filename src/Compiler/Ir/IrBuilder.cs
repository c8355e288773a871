namespace CogVideoX.Compiler.Ir;

/// <summary>Appends instructions to a block. What folds to a known value or to one of the operands appends nothing.</summary>
internal sealed class IrBuilder
{
    /// <summary>Where instructions go.</summary>
    public required Block Block { get; set; }

    /// <summary>Where the C# is that they come from.</summary>
    public Location? Location { get; set; }

    public Value Emit(Opcode opcode, IrType type, params Value[] operands) =>
        Append(new Instruction(opcode, Location, operands, type));

    public Value Compare(Condition condition, Value left, Value right) =>
        Append(new Instruction(Opcode.Compare, Location, [left, right], IrType.Pred) { Condition = condition });

    public Value Select(Value condition, Value whenTrue, Value whenFalse) =>
        Emit(Opcode.Select, whenTrue.Type, condition, whenTrue, whenFalse);

    /// <summary>pointer + bytes, with the offset widened or cut to what the pointer takes.</summary>
    public Value Offset(Value pointer, Value bytes)
    {
        IrType width = pointer.Type == IrType.SharedPtr ? IrType.I32 : IrType.I64;
        if (bytes.Type != width)
            bytes = Emit(width == IrType.I64 ? Opcode.SignExtend : Opcode.Truncate, width, bytes);
        return Emit(Opcode.Offset, pointer.Type, pointer, bytes);
    }

    public Value Load(Value pointer, MemoryType type, long byteOffset, int alignment, bool isVolatile = false) =>
        Append(new Instruction(Opcode.Load, Location, [pointer], type.Register)
        {
            MemoryType = type,
            ByteOffset = byteOffset,
            Alignment = alignment,
            IsVolatile = isVolatile,
        });

    public void Store(Value pointer, Value value, MemoryType type, long byteOffset, int alignment, bool isVolatile = false) =>
        Block.Instructions.Add(new Instruction(Opcode.Store, Location, [pointer, value])
        {
            MemoryType = type,
            ByteOffset = byteOffset,
            Alignment = alignment,
            IsVolatile = isVolatile,
        });

    /// <summary>Appends a single-result instruction unless it folds.</summary>
    public Value Append(Instruction instruction)
    {
        if (Folding.Of(instruction) is { } known)
            return known;
        Block.Instructions.Add(instruction);
        return instruction.Result;
    }
}
