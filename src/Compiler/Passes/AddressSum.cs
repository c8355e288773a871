using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// An address as a linear form: where it starts, terms and a constant. Sums and products under a sign extension are taken apart too, as if
/// 32-bit indices never wrapped: one that did would lie outside of every view, which is undefined in a kernel that doesn't check.
/// </summary>
internal sealed class AddressSum
{
    private readonly Func<Value, int> depthOf;
    private readonly List<AddressTerm> terms = [];

    /// <param name="pointer">any pointer but LocalPtr</param>
    /// <param name="depthOf">how many loops a value is defined in</param>
    public AddressSum(Value pointer, Func<Value, int> depthOf)
    {
        this.depthOf = depthOf;
        while (pointer.Definition is { } definition)
        {
            if (definition.Opcode == Opcode.Offset)
            {
                Add(definition.Operands[1], 1);
                pointer = definition.Operands[0];
            }
            else if (definition.Opcode == Opcode.MadWide && definition.Operands[1] is Constant scale)
            {
                Add(definition.Operands[0], scale.Signed);
                pointer = definition.Operands[2];
            }
            else
            {
                break;
            }
        }
        Base = pointer;
        terms.Reverse();
    }

    public Value Base { get; }

    public long Constant { get; private set; }

    /// <summary>Those that change least come first, so that they leave loops together with the base.</summary>
    public IEnumerable<AddressTerm> Terms => terms.OrderBy(t => t.Depth);

    private void Add(Value value, long scale)
    {
        if (value is Constant constant)
        {
            Constant += constant.Signed * scale;
            return;
        }
        Instruction? definition = value.Definition;
        switch (definition?.Opcode)
        {
            case Opcode.Add when definition.Operands[1] is Constant || depthOf(definition.Operands[0]) != depthOf(definition.Operands[1]):
                Add(definition.Operands[1], scale);
                Add(definition.Operands[0], scale);
                break;
            case Opcode.Shl when definition.Operands[1] is Constant count && IsSmall(scale << (int)count.Bits):
                Add(definition.Operands[0], scale << (int)count.Bits);
                break;
            case Opcode.Mul when definition.Operands[1] is Constant factor && IsSmall(factor.Signed) && IsSmall(scale * factor.Signed):
                Add(definition.Operands[0], scale * factor.Signed);
                break;
            case Opcode.SignExtend:
                Add(definition.Operands[0], scale);
                break;
            default:
                terms.Add(new AddressTerm(value, scale, depthOf(value)));
                break;
        }
    }

    /// <summary>A factor that a wide multiplication takes.</summary>
    private static bool IsSmall(long factor) => factor == (int)factor;
}

/// <summary>A part of an address: value · scale bytes. A 32-bit value in a 64-bit address counts sign-extended.</summary>
/// <param name="Depth">loops that the value changes in</param>
internal readonly record struct AddressTerm(Value Value, long Scale, int Depth);
