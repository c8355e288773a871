namespace CogVideoX.Compiler.Ir;

/// <summary>An operation in a block. Which of the extra members count is said at the <see cref="Opcode"/>.</summary>
internal sealed class Instruction
{
    public Instruction(Opcode opcode, Location? location, Value[] operands, params ReadOnlySpan<IrType> results)
    {
        Opcode = opcode;
        Location = location;
        Operands = operands;
        Results = new Value[results.Length];
        for (int i = 0; i < results.Length; i++)
            Results[i] = new Value(results[i]) { Definition = this };
    }

    public Opcode Opcode { get; }

    public Location? Location { get; }

    public Value[] Operands { get; }

    public Value[] Results { get; }

    public Condition Condition { get; init; }

    /// <summary>Width that is kept, 8 or 16.</summary>
    public int Bits { get; init; }

    public Variable? Variable { get; init; }

    public KernelParameter? Parameter { get; init; }

    public MemoryType MemoryType { get; init; }

    /// <summary>Added to the pointer of a load or store.</summary>
    public long ByteOffset { get; init; }

    /// <summary>Bytes that the pointer of a load or store plus its offset is known to be a multiple of.</summary>
    public int Alignment { get; init; }

    /// <summary>A load or store that other threads may race with on purpose: ld.volatile.</summary>
    public bool IsVolatile { get; init; }

    public PtxForm? Ptx { get; init; }

    /// <summary>The only result.</summary>
    public Value Result => Results.Length == 1
        ? Results[0] : throw new InvalidOperationException($"{Opcode} has {Results.Length} results, not one.");

    /// <summary>
    /// May be merged with an equal one, moved to where its operands are known, and dropped when unused. Loads of .const are; a
    /// <see cref="Opcode.Local"/> isn't: each is a variable of its own.
    /// </summary>
    public bool IsPure => Opcode switch
    {
        Opcode.Store or Opcode.Local => false,
        Opcode.Load => Operands[0].Type == IrType.ConstPtr,
        Opcode.Ptx => Ptx!.IsPure,
        _ => true,
    };

    /// <summary>May be dropped when nobody reads the results.</summary>
    public bool IsRemovable => IsPure || Opcode == Opcode.Local || (Opcode == Opcode.Load && !IsVolatile);

    /// <summary>The same operation on other operands, with results of its own.</summary>
    /// <param name="operands">as many as the operation takes</param>
    /// <param name="byteOffset">of a load or store, if it isn't the same</param>
    /// <param name="ptx">likewise, of a <see cref="Opcode.Ptx"/></param>
    public Instruction With(Value[] operands, long? byteOffset = null, PtxForm? ptx = null)
    {
        var results = new IrType[Results.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = Results[i].Type;
        return new Instruction(Opcode, Location, operands, results)
        {
            Condition = Condition,
            Bits = Bits,
            Variable = Variable,
            Parameter = Parameter,
            MemoryType = MemoryType,
            ByteOffset = byteOffset ?? ByteOffset,
            Alignment = Alignment,
            IsVolatile = IsVolatile,
            Ptx = ptx ?? Ptx,
        };
    }
}
