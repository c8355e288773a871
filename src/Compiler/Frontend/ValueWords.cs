using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>
/// A type's values as 32-bit words, for instructions that know nothing else. A scalar of 32 bits is a word as it is, one of 64 bits two;
/// small ones that lie in one word of memory share it.
/// </summary>
internal sealed class ValueWords
{
    private readonly KernelBuilder kernel;
    private readonly Leaf[] leaves;
    private readonly List<(int First, int Count, int Half)> words = [];

    public ValueWords(KernelBuilder kernel, Type type)
    {
        this.kernel = kernel;
        leaves = Layout.Of(type, kernel.Location).Leaves;
        for (int i = 0; i < leaves.Length;)
        {
            int count = 1;
            while (i + count < leaves.Length && ShareAWord(leaves[i], leaves[i + count]))
                count++;
            words.Add((i, count, 0));
            if (leaves[i].Type.Bytes == 8)
                words.Add((i, 1, 1));
            i += count;
        }
    }

    public int Count => words.Count;

    private IrBuilder Ir => kernel.Ir;

    /// <summary>The register that a word is in: a float stays one.</summary>
    public IrType TypeOf(int word) => leaves[words[word].First].Type == MemoryType.F32 ? IrType.F32 : IrType.I32;

    public Value[] Split(Value[] scalars)
    {
        var split = new Value[Count];
        for (int i = 0; i < split.Length; i++)
        {
            (int first, int count, int half) = words[i];
            Value scalar = scalars[first];
            if (scalar.Type.IsPointer && scalar.Type != IrType.GlobalPtr)
            {
                string space = Spaces.NameOf(scalar.Type);
                throw DiagnosticKinds.WrongStateSpace.At(kernel.Location, "a pointer that other threads are given", "global", space);
            }
            if (leaves[first].Type.Bytes == 8)
                split[i] = HalfOf(scalar, half);
            else if (count == 1)
                split[i] = scalar.Type == IrType.B16 ? Ir.Emit(Opcode.ZeroExtend, IrType.I32, scalar) : scalar;
            else
                split[i] = Pack(scalars, first, count);
        }
        return split;
    }

    /// <summary>The scalars that the words are made of.</summary>
    public Value[] Join(Value[] values)
    {
        var scalars = new Value[leaves.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int first, int count, int half) = words[i];
            if (half > 0)
                continue;
            if (leaves[first].Type.Bytes == 8)
            {
                scalars[first] = Whole(values[i], values[i + 1], leaves[first].Type.Register);
            }
            else if (leaves[first].Type.Bytes == 4)
            {
                scalars[first] = values[i];
            }
            else
            {
                for (int part = first; part < first + count; part++)
                    scalars[part] = Unpack(values[i], leaves[part], count > 1);
            }
        }
        return scalars;
    }

    private static bool ShareAWord(Leaf a, Leaf b) => a.Type.Bytes < 4 && b.Type.Bytes < 4 && a.Offset / 4 == b.Offset / 4;

    private Value HalfOf(Value scalar, int half)
    {
        Value bits = scalar.Type == IrType.I64 ? scalar : Ir.Emit(Opcode.Bitcast, IrType.I64, scalar);
        return Ir.Emit(Opcode.Truncate, IrType.I32, half == 0 ? bits : Ir.Emit(Opcode.ShrU, IrType.I64, bits, Constant.I32(32)));
    }

    private Value Whole(Value low, Value high, IrType type)
    {
        Value upper = Ir.Emit(Opcode.Shl, IrType.I64, Ir.Emit(Opcode.ZeroExtend, IrType.I64, high), Constant.I32(32));
        Value bits = Ir.Emit(Opcode.Or, IrType.I64, Ir.Emit(Opcode.ZeroExtend, IrType.I64, low), upper);
        return type == IrType.I64 ? bits : Ir.Emit(Opcode.Bitcast, type, bits);
    }

    private Value Pack(Value[] scalars, int first, int count)
    {
        Value? word = null;
        for (int i = first; i < first + count; i++)
        {
            Value bits = scalars[i].Type == IrType.B16
                ? Ir.Emit(Opcode.ZeroExtend, IrType.I32, scalars[i])
                : Narrowing.ToSmall(Ir, scalars[i], leaves[i].Type.Bytes == 1 ? MemoryType.U8 : MemoryType.U16);
            int shift = 8 * (leaves[i].Offset % 4);
            if (shift > 0)
                bits = Ir.Emit(Opcode.Shl, IrType.I32, bits, Constant.I32(shift));
            word = word is null ? bits : Ir.Emit(Opcode.Or, IrType.I32, word, bits);
        }
        return word!;
    }

    private Value Unpack(Value word, Leaf leaf, bool isShared)
    {
        if (isShared && leaf.Offset % 4 is > 0 and var skip)
            word = Ir.Emit(Opcode.ShrU, IrType.I32, word, Constant.I32(8 * skip));
        if (leaf.Type == MemoryType.B16)
            return Ir.Emit(Opcode.Truncate, IrType.B16, word);
        return isShared ? Narrowing.ToSmall(Ir, word, leaf.Type) : word;
    }
}
