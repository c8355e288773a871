using System.Globalization;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Folding of address offsets: lets the addresses that instructions of <see cref="Opcode.Ptx"/> take in brackets carry a constant:
/// <c>[{row}]</c> of base + 32 becomes
/// <c>[{row}+32]</c> of base.
/// </summary>
internal sealed class FoldInstructionOffsets : IPass
{
    public string Name => "fold offsets into instructions";

    public bool Run(Function function)
    {
        var replacements = new Replacements();
        foreach (Block block in function.Blocks)
        {
            List<Instruction> instructions = block.Instructions;
            for (int i = 0; i < instructions.Count; i++)
            {
                if (instructions[i].Ptx is not { IsPure: false } || Fold(instructions[i]) is not { } folded)
                    continue;
                for (int result = 0; result < folded.Results.Length; result++)
                    replacements.Add(instructions[i].Results[result], folded.Results[result]);
                instructions[i] = folded;
            }
        }
        replacements.ApplyTo(function);
        return !replacements.IsEmpty;
    }

    private static Instruction? Fold(Instruction instruction)
    {
        PtxForm form = instruction.Ptx!;
        var operands = (Value[])instruction.Operands.Clone();
        string text = form.Text;
        foreach ((string name, PtxFormOperand place) in form.Operands)
        {
            if (place is not { Count: 1, FirstOperand: var index and >= 0, FirstResult: < 0, IsImmediate: false })
                continue;
            string taken = $"[{{{name}}}]";
            if (!text.Contains(taken, StringComparison.Ordinal))
                continue;
            (Value start, long offset) = Split(operands[index]);
            if (offset == 0 || offset is < int.MinValue or > int.MaxValue)
                continue;
            operands[index] = start;
            text = text.Replace(taken, string.Create(CultureInfo.InvariantCulture, $"[{{{name}}}+{offset}]"), StringComparison.Ordinal);
        }
        return text == form.Text ? null : instruction.With(operands, ptx: form with { Text = text });
    }

    /// <summary>An address as another one and a constant.</summary>
    private static (Value Start, long Offset) Split(Value address)
    {
        long offset = 0;
        while (address.Definition is { Opcode: Opcode.Offset or Opcode.Add or Opcode.Bitcast } definition)
        {
            if (definition.Opcode != Opcode.Bitcast)
            {
                if (definition.Operands[1] is not Constant constant)
                    break;
                offset += constant.Signed;
            }
            else if (definition.Operands[0] is Constant)
            {
                break;
            }
            address = definition.Operands[0];
        }
        return (address, offset);
    }
}
