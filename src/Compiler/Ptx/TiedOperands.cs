using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Operands that an instruction's text reads and writes in one register (<c>ref</c> parameters).</summary>
internal static class TiedOperands
{
    /// <summary>Pairs of operand and result, by their indices.</summary>
    public static IEnumerable<(int Operand, int Result)> Of(Instruction instruction)
    {
        if (instruction.Ptx is not { } form)
            yield break;
        foreach (PtxFormOperand operand in form.Operands.Values)
        {
            if (operand.FirstOperand < 0 || operand.FirstResult < 0)
                continue;
            for (int i = 0; i < operand.Count; i++)
                yield return (operand.FirstOperand + i, operand.FirstResult + i);
        }
    }

    public static bool IsTied(Instruction instruction, int operand)
    {
        foreach (PtxFormOperand place in instruction.Ptx!.Operands.Values)
        {
            if (place.FirstOperand >= 0 && place.FirstResult >= 0 && operand >= place.FirstOperand
                && operand < place.FirstOperand + place.Count)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Several statements: one may write before another reads.</summary>
    public static bool WritesEarly(Instruction instruction) =>
        instruction.Ptx is { } form && form.Text.AsSpan().TrimEnd().TrimEnd(';').Contains(';');
}
