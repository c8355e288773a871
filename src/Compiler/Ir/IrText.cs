using System.Globalization;
using System.Text;

namespace CogVideoX.Compiler.Ir;

/// <summary>A function as text for people: tests and messages about broken IR.</summary>
internal sealed class IrText
{
    private readonly Dictionary<Value, string> names = [];
    private readonly Dictionary<Block, string> blocks = [];
    private readonly StringBuilder text = new();

    public static string Of(Function function)
    {
        var writer = new IrText();
        foreach (Block block in function.Blocks)
            writer.blocks.Add(block, $"b{writer.blocks.Count}");
        foreach (Block block in function.Blocks)
            writer.Write(block);
        return writer.text.ToString();
    }

    private void Write(Block block)
    {
        text.Append(CultureInfo.InvariantCulture, $"{blocks[block]}({Names(block.Parameters)}):\n");
        foreach (Instruction instruction in block.Instructions)
            Write(instruction);
        if (block.Terminator is not { } end)
            return;
        text.Append(end.Edges.Length switch
        {
            0 => "  return",
            1 => "  goto",
            2 => $"  if {Name(end.Selector!)}",
            _ => $"  switch {Name(end.Selector!)}",
        });
        foreach (Edge edge in end.Edges)
            text.Append(CultureInfo.InvariantCulture, $" {blocks.GetValueOrDefault(edge.Target, "?")}({Names(edge.Arguments)})");
        text.Append('\n');
    }

    private void Write(Instruction instruction)
    {
        text.Append("  ");
        if (instruction.Results.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"{Names(instruction.Results)} = ");
        text.Append(instruction.Opcode);
        if (instruction.Opcode == Opcode.Compare)
            text.Append(CultureInfo.InvariantCulture, $".{instruction.Condition}");
        if (instruction.Opcode is Opcode.SignExtendLow or Opcode.ZeroExtendLow)
            text.Append(CultureInfo.InvariantCulture, $".{instruction.Bits}");
        if (instruction.Opcode is Opcode.Load or Opcode.Store)
            text.Append(CultureInfo.InvariantCulture, $".{instruction.MemoryType}+{instruction.ByteOffset}");
        if (instruction.Variable is { } variable)
            text.Append(CultureInfo.InvariantCulture, $" {variable.Name}");
        if (instruction.Parameter is { } parameter)
            text.Append(CultureInfo.InvariantCulture, $" {parameter.Name}");
        if (instruction.Ptx is { } form)
            text.Append(CultureInfo.InvariantCulture, $" \"{form.Text}\"");
        text.Append(CultureInfo.InvariantCulture, $" {Names(instruction.Operands)}\n");
    }

    private string Names(IEnumerable<Value> values) => string.Join(", ", values.Select(Name));

    private string Name(Value value)
    {
        if (value is Constant constant)
        {
            return constant.Type.IsFloat
                ? constant.Float.ToString("R", CultureInfo.InvariantCulture) : constant.Signed.ToString(CultureInfo.InvariantCulture);
        }
        if (names.TryGetValue(value, out string? name))
            return name;
        return names[value] = $"v{names.Count}:{value.Type}";
    }
}
