using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Reassociation of addresses: writes every one as base, then the parts that change in no loop, then those that change in inner ones, then
/// a constant: equal beginnings are shared and hoisted, and the constant becomes part of the access.
/// </summary>
internal sealed class ShapeAddresses : IPass
{
    public string Name => "shape addresses";

    public bool Run(Function function)
    {
        var flow = new ControlFlow(function);
        var loops = new LoopForest(flow, new Dominators(flow));
        var depths = new Dictionary<Value, int>();
        var replacements = new Replacements();
        foreach (Block block in flow.Order)
        {
            int depth = 0;
            for (Loop? loop = loops.Of(block); loop is not null; loop = loop.Parent)
                depth++;
            foreach (Value parameter in block.Parameters)
                depths[parameter] = depth;
            var builder = new IrBuilder { Block = new Block() };
            foreach (Instruction instruction in block.Instructions)
            {
                replacements.ApplyTo(instruction);
                foreach (Value result in instruction.Results)
                    depths[result] = depth;
                builder.Location = instruction.Location;
                if (instruction.Opcode == Opcode.Offset && instruction.Operands[1] is not Constant
                    && instruction.Result.Type != IrType.LocalPtr)
                {
                    var sum = new AddressSum(instruction.Result, v => depths.GetValueOrDefault(v, depth));
                    replacements.Add(instruction.Result, Build(builder, sum));
                }
                else
                {
                    builder.Block.Instructions.Add(instruction);
                }
            }
            block.Instructions.Clear();
            block.Instructions.AddRange(builder.Block.Instructions);
        }
        replacements.ApplyTo(function);
        return !replacements.IsEmpty;
    }

    private static Value Build(IrBuilder builder, AddressSum sum)
    {
        Value pointer = sum.Base;
        IrType width = pointer.Type == IrType.SharedPtr ? IrType.I32 : IrType.I64;
        foreach (AddressTerm term in sum.Terms)
        {
            pointer = term.Value.Type == IrType.I32 && width == IrType.I64
                ? builder.Emit(Opcode.MadWide, pointer.Type, term.Value, Constant.I32((int)term.Scale), pointer)
                : builder.Emit(Opcode.Offset, pointer.Type, pointer, Scaled(builder, term, width));
        }
        return sum.Constant == 0 ? pointer : builder.Emit(Opcode.Offset, pointer.Type, pointer, Constant.Integer(width, sum.Constant));
    }

    private static Value Scaled(IrBuilder builder, AddressTerm term, IrType width)
    {
        if (term.Scale == 1)
            return term.Value;
        return long.IsPow2(term.Scale)
            ? builder.Emit(Opcode.Shl, width, term.Value, Constant.I32((int)long.Log2(term.Scale)))
            : builder.Emit(Opcode.Mul, width, term.Value, Constant.Integer(width, term.Scale));
    }
}
