using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Conversions (PTX ISA, cvt), with C#'s meaning.</summary>
internal sealed class ConversionPrinter(PtxLines lines, Registers registers, FoldedInstructions folded)
{
    /// <summary>Prints the instruction if it is a conversion.</summary>
    public bool TryPrint(Instruction instruction)
    {
        if (instruction.Opcode == Opcode.ZeroExtendLow)
        {
            lines.Statement(
                "and.b32", registers.Of(instruction.Result), registers.Of(instruction.Operands[0]),
                instruction.Bits == 8 ? "255" : "65535");
            return true;
        }
        if (instruction.Opcode == Opcode.ZeroExtend && instruction.Operands[0].Type == IrType.Pred)
        {
            OfCondition(instruction);
            return true;
        }
        if (Name(instruction, instruction.Operands[0].Type) is not { } name)
            return false;
        string to = registers.Of(instruction.Result), from = registers.Of(instruction.Operands[0]);
        lines.Statement(name, to, from);
        bool isWide = instruction.Result.Type.Bits == 64 || instruction.Operands[0].Type.Bits == 64;
        if (isWide && instruction.Opcode is Opcode.ToInteger or Opcode.ToIntegerU)
            ZeroIfNaN(instruction, to, from);
        return true;
    }

    private static string? Name(Instruction instruction, IrType from)
    {
        if (instruction.Results.Length != 1)
            return null;
        IrType to = instruction.Result.Type;
        string signed = PtxTypes.Number(to), unsigned = PtxTypes.Number(to, isSigned: false);
        return instruction.Opcode switch
        {
            Opcode.SignExtend => "cvt.s64.s32",
            Opcode.ZeroExtend when from == IrType.B16 => "cvt.u32.u16",
            Opcode.ZeroExtend => "cvt.u64.u32",
            Opcode.Truncate when to == IrType.B16 => "cvt.u16.u32",
            Opcode.Truncate => "cvt.u32.u64",
            Opcode.SignExtendLow => instruction.Bits == 8 ? "cvt.s32.s8" : "cvt.s32.s16",
            Opcode.ToFloat => $"cvt.rn.{signed}.{PtxTypes.Number(from)}",
            Opcode.ToFloatU => $"cvt.rn.{signed}.{PtxTypes.Number(from, isSigned: false)}",
            Opcode.ToInteger => $"cvt.rzi.{signed}.{PtxTypes.Number(from)}",
            Opcode.ToIntegerU => $"cvt.rzi.{unsigned}.{PtxTypes.Number(from)}",
            Opcode.ConvertFloat => to == IrType.F32 ? "cvt.rn.f32.f64" : "cvt.f64.f32",
            Opcode.Bitcast => $"mov.{PtxTypes.Bits(to)}",
            _ => null,
        };
    }

    /// <summary>cvt makes the sign bit of NaN where one side has 64 bits, and zero of a float's in 32 bits; C# makes zero.</summary>
    private void ZeroIfNaN(Instruction instruction, string to, string from)
    {
        string isNumber = registers.Fresh(RegisterClass.Pred);
        lines.Statement($"setp.num.{PtxTypes.Number(instruction.Operands[0].Type)}", isNumber, from, from);
        lines.Statement($"selp.{PtxTypes.Bits(instruction.Result.Type)}", to, to, "0", isNumber);
    }

    private void OfCondition(Instruction instruction)
    {
        (Value condition, bool inverted) = folded.Condition(instruction.Operands[0]);
        string type = instruction.Result.Type.Bits == 64 ? "selp.b64" : "selp.b32";
        lines.Statement(type, registers.Of(instruction.Result), inverted ? "0" : "1", inverted ? "1" : "0", registers.Of(condition));
    }
}
