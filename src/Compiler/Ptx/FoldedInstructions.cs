using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>
/// Instruction selection: instructions that print nothing, because whoever reads them can say it: bit casts within a register class,
/// negated conditions of branches and selections, and addresses of variables that only loads and stores use.
/// </summary>
internal sealed class FoldedInstructions
{
    private readonly HashSet<Instruction> folded = [];

    private FoldedInstructions() { }

    public static FoldedInstructions Of(FlowGraph graph)
    {
        var result = new FoldedInstructions();
        foreach (FlowNode node in graph.Nodes)
        {
            foreach (Instruction instruction in node.Instructions)
            {
                if (CanFold(instruction))
                    result.folded.Add(instruction);
            }
        }
        foreach (FlowNode node in graph.Nodes)
        {
            foreach (Instruction instruction in node.Instructions)
                result.Use(instruction);
            if (node.Exit is { } exit)
            {
                foreach (Value argument in exit.Arguments)
                    result.Keep(argument);
            }
        }
        return result;
    }

    public bool Contains(Instruction instruction) => folded.Contains(instruction);

    /// <summary>The value whose register (or bits) a use of this one reads.</summary>
    public Value Resolve(Value value)
    {
        while (value.Definition is { Opcode: Opcode.Bitcast } cast && folded.Contains(cast))
        {
            value = cast.Operands[0];
            if (value is Constant constant)
                return new Constant(cast.Result.Type, constant.Bits);
        }
        return value;
    }

    /// <summary>A condition without its negations, and whether their number is odd.</summary>
    public (Value Value, bool IsInverted) Condition(Value value)
    {
        bool inverted = false;
        value = Resolve(value);
        while (value.Definition is { Opcode: Opcode.Not } not && folded.Contains(not))
        {
            value = Resolve(not.Operands[0]);
            inverted = !inverted;
        }
        return (value, inverted);
    }

    /// <summary>The variable that a pointer names if no register holds its address.</summary>
    public Variable? VariableOf(Value pointer) =>
        Resolve(pointer).Definition is { Opcode: Opcode.VariableAddress } address && folded.Contains(address) ? address.Variable : null;

    private static bool CanFold(Instruction instruction) => instruction.Opcode switch
    {
        Opcode.Bitcast => PtxTypes.ClassOf(instruction.Operands[0].Type) == PtxTypes.ClassOf(instruction.Result.Type),
        Opcode.Not => instruction.Result.Type == IrType.Pred,
        Opcode.VariableAddress => true,
        _ => false,
    };

    private void Use(Instruction instruction)
    {
        if (instruction.Opcode == Opcode.Bitcast && folded.Contains(instruction))
            return;
        Value[] operands = instruction.Operands;
        for (int i = 0; i < operands.Length; i++)
        {
            bool takesAddress = i == 0 && instruction.Opcode is Opcode.Load or Opcode.Store;
            bool takesCondition = i == 0
                && (instruction.Opcode == Opcode.Select || (instruction.Opcode == Opcode.ZeroExtend && operands[0].Type == IrType.Pred));
            Keep(operands[i], takesAddress ? Opcode.VariableAddress : takesCondition ? Opcode.Not : null);
        }
    }

    /// <summary>A use that needs a register, unless it can say what this opcode does by itself.</summary>
    private void Keep(Value operand, Opcode? allowed = null)
    {
        if (Resolve(operand).Definition is { Opcode: Opcode.Not or Opcode.VariableAddress } definition && definition.Opcode != allowed)
            folded.Remove(definition);
    }
}
