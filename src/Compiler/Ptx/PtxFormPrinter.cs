using System.Globalization;
using System.Text;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Fills in the text of a <see cref="Language.PtxAttribute"/>: operands by name, one statement a line.</summary>
internal sealed class PtxFormPrinter(PtxLines lines, Registers registers, FoldedInstructions folded)
{
    private readonly StringBuilder text = new();
    private int uses;

    public void Print(Instruction instruction)
    {
        string form = instruction.Ptx!.Text;
        text.Clear();
        for (int i = 0; i < form.Length; i++)
        {
            char c = form[i];
            if (c is '{' or '}' && i + 1 < form.Length && form[i + 1] == c)
            {
                text.Append(c == '{' ? PtxStatements.Open : PtxStatements.Close);
                i++;
            }
            else if (c == '{')
            {
                int end = form.IndexOf('}', i);
                if (end < 0)
                    throw new InvalidOperationException($"A brace of '{form}' isn't closed.");
                Operand(instruction, form[(i + 1)..end]);
                i = end;
            }
            else
            {
                text.Append(c);
            }
        }
        uses++;
        PtxStatements.Print(lines, text);
    }

    private void Operand(Instruction instruction, string name)
    {
        if (name == "unique")
        {
            text.Append(CultureInfo.InvariantCulture, $"{uses}");
            return;
        }
        if (!instruction.Ptx!.Operands.TryGetValue(name, out PtxFormOperand? place))
            throw new InvalidOperationException($"'{instruction.Ptx.Text}' names the operand {name}, which the method doesn't have.");
        if (place.IsImmediate)
        {
            Immediate(instruction, name, place);
            return;
        }
        if (place.IsList)
            text.Append('{');
        for (int i = 0; i < place.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            text.Append(place.FirstResult >= 0 ? registers.Of(instruction.Results[place.FirstResult + i])
                : place.IsList ? registers.Of(instruction.Operands[place.FirstOperand + i])
                : registers.OrNumber(instruction.Operands[place.FirstOperand + i]));
        }
        if (place.IsList)
            text.Append('}');
    }

    private void Immediate(Instruction instruction, string name, PtxFormOperand place)
    {
        for (int i = 0; i < place.Count; i++)
        {
            if (folded.Resolve(instruction.Operands[place.FirstOperand + i]) is not Constant constant)
                throw DiagnosticKinds.OperandNotConstant.At(instruction.Location, name, instruction.Ptx!.Text.Trim());
            if (i > 0)
                text.Append(", ");
            text.Append(Registers.Number(constant));
        }
    }
}
