using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Whether two pure instructions give the same: one operation on the same operands.</summary>
internal sealed class SameExpression : IEqualityComparer<Instruction>
{
    public bool Equals(Instruction? x, Instruction? y)
    {
        if (x is null || y is null)
            return x == y;
        if (x.Opcode != y.Opcode || x.Condition != y.Condition || x.Bits != y.Bits || x.MemoryType != y.MemoryType
            || x.ByteOffset != y.ByteOffset)
        {
            return false;
        }
        if (x.Variable != y.Variable || x.Parameter != y.Parameter || x.Ptx?.Text != y.Ptx?.Text)
            return false;
        if (x.Operands.Length != y.Operands.Length || x.Results.Length != y.Results.Length)
            return false;
        for (int i = 0; i < x.Operands.Length; i++)
        {
            if (!ReferenceEquals(x.Operands[i], y.Operands[i]) && !Folding.SameConstant(x.Operands[i], y.Operands[i]))
                return false;
        }
        for (int i = 0; i < x.Results.Length; i++)
        {
            if (x.Results[i].Type != y.Results[i].Type)
                return false;
        }
        return true;
    }

    public int GetHashCode(Instruction instruction)
    {
        var hash = new HashCode();
        hash.Add((int)instruction.Opcode);
        hash.Add((int)instruction.Condition);
        hash.Add(instruction.ByteOffset);
        hash.Add(instruction.Variable?.Name);
        hash.Add(instruction.Parameter?.Name);
        hash.Add(instruction.Ptx?.Text);
        foreach (Value operand in instruction.Operands)
            hash.Add(operand is Constant constant ? constant.Bits.GetHashCode() : operand.GetHashCode());
        return hash.ToHashCode();
    }
}
