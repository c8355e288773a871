using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Writes instructions in their simplest form. Every rule leaves fewer instructions, cheaper ones, or constants further out (so that
/// they meet other constants); so rewriting ends.
/// </summary>
/// <param name="launch">for the ranges of thread numbers</param>
/// <param name="isLast">
/// whether to spell out what is dear (signed division, wide products): before, ranges that are still unknown may make it cheap
/// </param>
internal sealed class Rewriter(LaunchShape launch, bool isLast)
{
    private List<Instruction> output = [];
    private Location? location;

    public bool IsLast => isLast;

    public Bounds Bounds { get; } = new(launch);

    /// <summary>Whether anything was changed since this was made.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>Rewrites a block's instructions; values that others take the place of are added to the replacements.</summary>
    public void Rewrite(Block block, Replacements replacements)
    {
        output = new List<Instruction>(block.Instructions.Count);
        foreach (Instruction instruction in block.Instructions)
        {
            replacements.ApplyTo(instruction);
            location = instruction.Location;
            Instruction current = MemoryRules.AbsorbOffset(instruction) ?? instruction;
            if (current != instruction)
                Replace(instruction, current, replacements);
            if (current.Results.Length == 1 && Simplify(current) is { } value)
            {
                HasChanged = true;
                replacements.Add(current.Results[0], value);
            }
            else
            {
                output.Add(current);
            }
        }
        block.Instructions.Clear();
        block.Instructions.AddRange(output);
    }

    public Value Emit(Opcode opcode, IrType type, params Value[] operands) => Append(new Instruction(opcode, location, operands, type));

    public Value Compare(Condition condition, Value left, Value right) =>
        Append(new Instruction(Opcode.Compare, location, [left, right], IrType.Pred) { Condition = condition });

    public Value Low(Opcode opcode, Value value, int bits) =>
        Append(new Instruction(opcode, location, [value], IrType.I32) { Bits = bits });

    private void Replace(Instruction instruction, Instruction current, Replacements replacements)
    {
        HasChanged = true;
        for (int i = 0; i < current.Results.Length; i++)
            replacements.Add(instruction.Results[i], current.Results[i]);
    }

    private Value Append(Instruction instruction)
    {
        if (Simplify(instruction) is { } known)
            return known;
        output.Add(instruction);
        return instruction.Result;
    }

    private Value? Simplify(Instruction instruction)
    {
        if (Folding.Of(instruction) is { } known)
            return known;
        PutConstantRight(instruction);
        return instruction.Opcode switch
        {
            Opcode.Add or Opcode.Sub or Opcode.Mul => SumRules.Apply(instruction, this),
            Opcode.Shl or Opcode.Shr or Opcode.ShrU => ShiftRules.Apply(instruction, this),
            Opcode.Div or Opcode.DivU or Opcode.Rem or Opcode.RemU => DivisionRules.Apply(instruction, this),
            Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Not => BitRules.Apply(instruction, this),
            Opcode.Compare => CompareRules.Apply(instruction, this),
            Opcode.Select => SelectRules.Apply(instruction, this),
            Opcode.SignExtend or Opcode.ZeroExtend or Opcode.Truncate or Opcode.SignExtendLow or Opcode.ZeroExtendLow or Opcode.Bitcast
                => ConversionRules.Apply(instruction, this),
            Opcode.Offset => MemoryRules.OfOffset(instruction, this),
            Opcode.Load => MemoryRules.OfLoad(instruction),
            _ => null,
        };
    }

    private static void PutConstantRight(Instruction instruction)
    {
        bool isCommutative = instruction.Opcode is Opcode.Add or Opcode.Mul or Opcode.And or Opcode.Or or Opcode.Xor
            or Opcode.Min or Opcode.MinU or Opcode.Max or Opcode.MaxU;
        Value[] operands = instruction.Operands;
        if (isCommutative && operands[0] is Constant && operands[1] is not Constant)
            (operands[0], operands[1]) = (operands[1], operands[0]);
    }
}
