using System.Buffers.Binary;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Addresses with constant parts, and tables that are known.</summary>
internal static class MemoryRules
{
    /// <summary>A load or store whose pointer is p + c reads p with a larger offset; null if it is no such thing.</summary>
    public static Instruction? AbsorbOffset(Instruction access)
    {
        if (access.Opcode is not (Opcode.Load or Opcode.Store))
            return null;
        if (access.Operands[0].Definition is not { Opcode: Opcode.Offset } offset || offset.Operands[1] is not Constant bytes)
            return null;
        long sum = access.ByteOffset + bytes.Signed;
        if (sum != (int)sum)
            return null;
        Value[] operands = [offset.Operands[0], .. access.Operands.AsSpan(1)];
        return access.With(operands, sum);
    }

    /// <summary>Constants move to the outside of a chain of offsets.</summary>
    public static Value? OfOffset(Instruction instruction, Rewriter rewriter)
    {
        IrType type = instruction.Result.Type;
        Value pointer = instruction.Operands[0], bytes = instruction.Operands[1];
        if (pointer.Definition is { Opcode: Opcode.Offset } inner && inner.Operands[1] is Constant first)
        {
            if (bytes is Constant second)
                return rewriter.Emit(Opcode.Offset, type, inner.Operands[0], Constant.Integer(first.Type, first.Signed + second.Signed));
            return rewriter.Emit(Opcode.Offset, type, rewriter.Emit(Opcode.Offset, type, inner.Operands[0], bytes), first);
        }
        if (SumRules.IsSum(bytes, out Value rest, out Constant constant))
            return rewriter.Emit(Opcode.Offset, type, rewriter.Emit(Opcode.Offset, type, pointer, rest), constant);
        return null;
    }

    /// <summary>An element of a constant table at a known place.</summary>
    public static Value? OfLoad(Instruction load)
    {
        if (load.Operands[0].Definition is not { Opcode: Opcode.VariableAddress } address || load.Results.Length != 1)
            return null;
        Variable variable = address.Variable!;
        int bytes = load.MemoryType.Bytes;
        if (variable.Space != VariableSpace.Const || variable.Initial is null || load.ByteOffset < 0
            || load.ByteOffset + bytes > variable.Bytes)
        {
            return null;
        }
        Span<byte> buffer = stackalloc byte[8];
        buffer.Clear();
        int at = (int)load.ByteOffset;
        for (int i = 0; i < bytes && at + i < variable.Initial.Length; i++)
            buffer[i] = variable.Initial[at + i];
        ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(buffer);
        return load.MemoryType switch
        {
            MemoryType.S8 => Constant.I32((sbyte)bits),
            MemoryType.S16 => Constant.I32((short)bits),
            _ => new Constant(load.MemoryType.Register, bits),
        };
    }
}
