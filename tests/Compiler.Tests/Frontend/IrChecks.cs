using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <summary>What the IR that the frontend makes must fulfil: ended blocks, operands that exist, types that fit.</summary>
internal static class IrChecks
{
    public static void Check(Function function)
    {
        var defined = new HashSet<Value>();
        foreach (Block block in function.Blocks)
        {
            foreach (Instruction instruction in block.Instructions)
            {
                foreach (Value result in instruction.Results)
                    Assert.True(defined.Add(result), "a value is defined twice");
            }
        }
        foreach (Block block in function.Blocks)
        {
            var here = new HashSet<Value>();
            foreach (Instruction instruction in block.Instructions)
            {
                foreach (Value operand in instruction.Operands)
                {
                    Assert.True(
                        operand is Constant || defined.Contains(operand), $"{instruction.Opcode} reads a value that nothing defines");
                    Instruction? definition = operand.Definition;
                    if (definition is not null && block.Instructions.Contains(definition))
                        Assert.True(here.Contains(operand), $"{instruction.Opcode} reads a value before it is defined");
                }
                CheckTypes(instruction);
                foreach (Value result in instruction.Results)
                    here.Add(result);
            }
            Assert.NotNull(block.Terminator);
            Assert.All(block.Terminator.Edges, edge => Assert.Contains(edge.Target, function.Blocks));
            if (block.Terminator.Edges.Length == 2)
                Assert.Equal(IrType.Pred, block.Terminator.Selector!.Type);
        }
    }

    private static void CheckTypes(Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Add or Opcode.Sub or Opcode.Mul or Opcode.Div or Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Min or Opcode.Max:
                Assert.Equal(instruction.Operands[0].Type, instruction.Operands[1].Type);
                Assert.Equal(instruction.Operands[0].Type, instruction.Result.Type);
                Assert.False(instruction.Result.Type.IsPointer);
                break;
            case Opcode.Compare:
                Assert.Equal(instruction.Operands[0].Type, instruction.Operands[1].Type);
                break;
            case Opcode.Store:
                Assert.True(instruction.Operands[0].Type.IsPointer);
                Assert.Equal(instruction.MemoryType.Register, instruction.Operands[1].Type);
                break;
            case Opcode.Load:
                Assert.True(instruction.Operands[0].Type.IsPointer);
                Assert.Equal(instruction.MemoryType.Register, instruction.Result.Type);
                break;
            case Opcode.Bitcast:
                Assert.Equal(instruction.Operands[0].Type.Bits, instruction.Result.Type.Bits);
                break;
            case Opcode.Offset:
                Assert.Equal(instruction.Result.Type == IrType.SharedPtr ? IrType.I32 : IrType.I64, instruction.Operands[1].Type);
                break;
        }
    }
}
