using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Passes;

/// <summary>What each operation means, on bits that are zero-extended to 64.</summary>
internal static class Arithmetic
{
    public static ulong Evaluate(Instruction instruction, ulong[] x)
    {
        IrType type = instruction.Result.Type;
        ulong result = instruction.Opcode switch
        {
            Opcode.Compare => Compare(instruction.Condition, instruction.Operands[0].Type, x[0], x[1]) ? 1UL : 0,
            Opcode.Select => x[0] != 0 ? x[1] : x[2],
            Opcode.SignExtend => (ulong)(int)x[0],
            Opcode.ZeroExtend or Opcode.Truncate or Opcode.Bitcast => x[0],
            Opcode.SignExtendLow => instruction.Bits == 8 ? (ulong)(sbyte)x[0] : (ulong)(short)x[0],
            Opcode.ZeroExtendLow => instruction.Bits == 8 ? (byte)x[0] : (ushort)x[0],
            Opcode.Offset => x[0] + x[1],
            Opcode.Mad => x[0] * x[1] + x[2],
            Opcode.MulWide => (ulong)((long)(int)x[0] * (int)x[1]),
            Opcode.MulWideU => x[0] * x[1],
            Opcode.MadWide => (ulong)((long)(int)x[0] * (int)x[1]) + x[2],
            Opcode.MadWideU => x[0] * x[1] + x[2],
            Opcode.ToFloat =>
                FromFloat(
                    type,
                    type == IrType.F32 ? (float)Signed(instruction.Operands[0].Type, x[0]) : Signed(instruction.Operands[0].Type, x[0])),
            Opcode.ToFloatU => FromFloat(type, type == IrType.F32 ? (float)x[0] : x[0]),
            Opcode.ConvertFloat => FromFloat(type, ToFloat(instruction.Operands[0].Type, x[0])),
            Opcode.Not => ~x[0],
            _ when type.IsFloat => OfFloats(instruction.Opcode, type, x),
            _ => OfIntegers(instruction.Opcode, type, x),
        };
        return type.Bits == 64 ? result : result & ((1UL << type.Bits) - 1);
    }

    private static long Signed(IrType type, ulong bits) => type.Bits == 64 ? (long)bits : (int)bits;

    private static double ToFloat(IrType type, ulong bits) =>
        type == IrType.F32 ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble(bits);

    private static ulong FromFloat(IrType type, double value) =>
        type == IrType.F32 ? BitConverter.SingleToUInt32Bits((float)value) : BitConverter.DoubleToUInt64Bits(value);

    private static ulong OfFloats(Opcode opcode, IrType type, ulong[] x)
    {
        double a = ToFloat(type, x[0]), b = x.Length > 1 ? ToFloat(type, x[1]) : 0;
        double result = opcode switch
        {
            Opcode.Add => a + b,
            Opcode.Sub => a - b,
            Opcode.Mul => a * b,
            Opcode.Div => a / b,
            Opcode.Neg => -a,
            _ => throw new NotSupportedException(opcode.ToString()),
        };
        return FromFloat(type, result);
    }

    private static ulong OfIntegers(Opcode opcode, IrType type, ulong[] x)
    {
        long a = Signed(type, x[0]), b = x.Length > 1 ? Signed(type, x[1]) : 0;
        int count = x.Length > 1 ? (int)x[1] : 0;
        if (opcode is Opcode.Shl or Opcode.Shr or Opcode.ShrU && (uint)count >= type.Bits)
            throw new InvalidOperationException("a shift count is too large");
        return opcode switch
        {
            Opcode.Add => x[0] + x[1],
            Opcode.Sub => x[0] - x[1],
            Opcode.Mul => x[0] * x[1],
            Opcode.Neg => 0 - x[0],
            Opcode.Div => b == -1 ? 0 - x[0] : (ulong)(a / b),
            Opcode.Rem => b == -1 ? 0 : (ulong)(a % b),
            Opcode.DivU => x[0] / x[1],
            Opcode.RemU => x[0] % x[1],
            Opcode.And => x[0] & x[1],
            Opcode.Or => x[0] | x[1],
            Opcode.Xor => x[0] ^ x[1],
            Opcode.Shl => x[0] << count,
            Opcode.Shr => (ulong)(a >> count),
            Opcode.ShrU => x[0] >> count,
            Opcode.Min => (ulong)Math.Min(a, b),
            Opcode.Max => (ulong)Math.Max(a, b),
            Opcode.MinU => Math.Min(x[0], x[1]),
            Opcode.MaxU => Math.Max(x[0], x[1]),
            _ => throw new NotSupportedException(opcode.ToString()),
        };
    }

    private static bool Compare(Condition condition, IrType type, ulong x, ulong y)
    {
        if (type.IsFloat)
        {
            double a = ToFloat(type, x), b = ToFloat(type, y);
            bool isUnordered = double.IsNaN(a) || double.IsNaN(b);
            return condition switch
            {
                Condition.Eq => a == b,
                Condition.Ne => a != b,
                Condition.Lt => a < b,
                Condition.Le => a <= b,
                Condition.Gt => a > b,
                Condition.Ge => a >= b,
                Condition.LtU => isUnordered || a < b,
                Condition.LeU => isUnordered || a <= b,
                Condition.GtU => isUnordered || a > b,
                _ => isUnordered || a >= b,
            };
        }
        long left = Signed(type, x), right = Signed(type, y);
        return condition switch
        {
            Condition.Eq => x == y,
            Condition.Ne => x != y,
            Condition.Lt => left < right,
            Condition.Le => left <= right,
            Condition.Gt => left > right,
            Condition.Ge => left >= right,
            Condition.LtU => x < y,
            Condition.LeU => x <= y,
            Condition.GtU => x > y,
            _ => x >= y,
        };
    }
}
