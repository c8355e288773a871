using System.Numerics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Range analysis: how large integers can be, read as unsigned. Thread and lane numbers are known from the launch.</summary>
internal sealed class Bounds(LaunchShape launch)
{
    private const int MaxDepth = 8;

    private readonly Dictionary<Value, ulong> known = [];

    /// <summary>The greatest value that it can have.</summary>
    public ulong MaxOf(Value value) => MaxOf(value, 0);

    /// <summary>Whether the value is the same read as signed and as unsigned.</summary>
    public bool IsNonNegative(Value value) => value.Type.IsInteger && MaxOf(value) <= Mask(value.Type) >> 1;

    /// <summary>Bits that can be set: all up to the highest of the greatest value.</summary>
    public ulong PossibleBits(Value value)
    {
        ulong max = MaxOf(value);
        return max == 0 ? 0 : ulong.MaxValue >> BitOperations.LeadingZeroCount(max);
    }

    private static ulong Mask(IrType type) => type.Bits == 64 ? ulong.MaxValue : (1UL << type.Bits) - 1;

    private ulong MaxOf(Value value, int depth)
    {
        if (value is Constant constant)
            return constant.Bits;
        if (value.Type.IsFloat || value.Definition is not { } definition || depth > MaxDepth || definition.Results.Length > 1)
            return Mask(value.Type);
        if (known.TryGetValue(value, out ulong max))
            return max;
        max = Math.Min(Mask(value.Type), Compute(definition, depth + 1));
        known.Add(value, max);
        return max;
    }

    private ulong Compute(Instruction instruction, int depth)
    {
        Value[] operands = instruction.Operands;
        ulong all = Mask(instruction.Results[0].Type);
        switch (instruction.Opcode)
        {
            case Opcode.Ptx:
                return OfPtx(instruction, all);
            case Opcode.Load:
                return instruction.MemoryType switch { MemoryType.U8 => 0xff, MemoryType.U16 => 0xffff, _ => all };
            case Opcode.ZeroExtend or Opcode.Truncate or Opcode.DivU or Opcode.Bitcast:
                return MaxOf(operands[0], depth);
            case Opcode.SignExtend:
                ulong narrow = MaxOf(operands[0], depth);
                return narrow <= int.MaxValue ? narrow : all;
            case Opcode.ZeroExtendLow:
                return Math.Min(MaxOf(operands[0], depth), (1UL << instruction.Bits) - 1);
            case Opcode.And:
                return Math.Min(MaxOf(operands[0], depth), MaxOf(operands[1], depth));
            case Opcode.Or or Opcode.Xor:
                ulong bits = MaxOf(operands[0], depth) | MaxOf(operands[1], depth);
                return bits == 0 ? 0 : ulong.MaxValue >> BitOperations.LeadingZeroCount(bits);
            case Opcode.Select:
                return Math.Max(MaxOf(operands[1], depth), MaxOf(operands[2], depth));
            case Opcode.MinU:
                return Math.Min(MaxOf(operands[0], depth), MaxOf(operands[1], depth));
            case Opcode.MaxU:
                return Math.Max(MaxOf(operands[0], depth), MaxOf(operands[1], depth));
            case Opcode.RemU:
                return operands[1] is Constant { Bits: > 0 } divisor
                    ? Math.Min(divisor.Bits - 1, MaxOf(operands[0], depth)) : MaxOf(operands[0], depth);
            case Opcode.ShrU:
                return operands[1] is Constant count ? MaxOf(operands[0], depth) >> (int)count.Bits : MaxOf(operands[0], depth);
            case Opcode.Add or Opcode.Mul or Opcode.Shl:
                return OfSum(instruction, MaxOf(operands[0], depth), MaxOf(operands[1], depth), all);
            default:
                return all;
        }
    }

    private static ulong OfSum(Instruction instruction, ulong left, ulong right, ulong all)
    {
        if (instruction.Opcode == Opcode.Shl && right > 63)
            return all;
        UInt128 result = instruction.Opcode switch
        {
            Opcode.Add => (UInt128)left + right,
            Opcode.Mul => (UInt128)left * right,
            _ => (UInt128)left << (int)right,
        };
        return result > all ? all : (ulong)result;
    }

    private ulong OfPtx(Instruction instruction, ulong all)
    {
        string text = instruction.Ptx!.Text;
        if (!text.StartsWith("mov.u32 {result}, %", StringComparison.Ordinal))
            return all;
        return text["mov.u32 {result}, %".Length..].TrimEnd(';') switch
        {
            "tid.x" => (ulong)launch.Block.X - 1,
            "tid.y" => (ulong)launch.Block.Y - 1,
            "tid.z" => (ulong)launch.Block.Z - 1,
            "laneid" => 31,
            "ctaid.x" or "nctaid.x" => int.MaxValue,
            "ctaid.y" or "ctaid.z" or "nctaid.y" or "nctaid.z" => ushort.MaxValue,
            "cluster_ctaid.x" or "cluster_ctarank" or "cluster_nctaid.x" => 16,
            _ => all,
        };
    }
}
