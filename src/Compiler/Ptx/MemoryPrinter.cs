using System.Globalization;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Loads, stores and addresses.</summary>
internal sealed class MemoryPrinter(PtxLines lines, Registers registers, FoldedInstructions folded)
{
    public void Print(Instruction instruction)
    {
        bool isLoad = instruction.Opcode == Opcode.Load;
        ReadOnlySpan<Value> values = isLoad ? instruction.Results : instruction.Operands.AsSpan(1);
        int bytes = values.Length * instruction.MemoryType.Bytes;
        if (values.Length is not (1 or 2 or 4) || bytes > 16)
            throw new InvalidOperationException($"{values.Length} values of {instruction.MemoryType} don't fit one load or store.");
        string space = instruction.Operands[0].Type switch
        {
            IrType.GlobalPtr => "global",
            IrType.SharedPtr => "shared",
            IrType.ConstPtr => "const",
            IrType.ThreadPtr => "local",
            var other => throw new InvalidOperationException($"{other} is no address that PTX has."),
        };
        string vector = values.Length switch { 1 => "", 2 => ".v2", _ => ".v4" };
        string order = instruction.IsVolatile ? ".volatile" : "";
        string name = $"{(isLoad ? "ld" : "st")}{order}.{space}{vector}.{PtxTypes.Memory(instruction.MemoryType)}";
        string list = registers.Of(values[0]);
        if (values.Length > 1)
        {
            for (int i = 1; i < values.Length; i++)
                list += ", " + registers.Of(values[i]);
            list = $"{{{list}}}";
        }
        string address = Address(instruction.Operands[0], instruction.ByteOffset);
        if (isLoad)
            lines.Statement(name, list, address);
        else
            lines.Statement(name, address, list);
    }

    public void PrintParameter(Instruction instruction)
    {
        KernelParameter parameter = instruction.Parameter!;
        string name = PtxNames.Of(parameter);
        if (parameter.OpaqueBytes > 0)
        {
            string inSpace = registers.Fresh(RegisterClass.B64);
            lines.Statement("mov.b64", inSpace, name);
            lines.Statement("cvta.param.u64", registers.Of(instruction.Result), inSpace);
        }
        else if (TypeOf(instruction) == MemoryType.GlobalPtr)
        {
            string generic = registers.Fresh(RegisterClass.B64);
            lines.Statement("ld.param.u64", generic, Place(name, instruction.ByteOffset));
            lines.Statement("cvta.to.global.u64", registers.Of(instruction.Result), generic);
        }
        else
        {
            string load = $"ld.param.{PtxTypes.Memory(TypeOf(instruction))}";
            lines.Statement(load, registers.Of(instruction.Result), Place(name, instruction.ByteOffset));
        }
    }

    public void PrintAddress(Instruction instruction)
    {
        string move = instruction.Result.Type == IrType.SharedPtr ? "mov.u32" : "mov.u64";
        lines.Statement(move, registers.Of(instruction.Result), PtxNames.Of(instruction.Variable!));
    }

    private static MemoryType TypeOf(Instruction parameter) =>
        parameter.Parameter!.Struct is null ? parameter.Parameter.Type : parameter.MemoryType;

    private static string Place(string name, long offset) =>
        offset == 0 ? $"[{name}]" : string.Create(CultureInfo.InvariantCulture, $"[{name}+{offset}]");

    private string Address(Value pointer, long offset)
    {
        string from = folded.VariableOf(pointer) is { } variable ? PtxNames.Of(variable) : registers.Of(pointer);
        if (offset is < int.MinValue or > int.MaxValue)
        {
            string far = registers.Fresh(RegisterClass.B64);
            lines.Statement("add.s64", far, registers.Of(pointer), offset.ToString(CultureInfo.InvariantCulture));
            return $"[{far}]";
        }
        return Place(from, offset);
    }
}
