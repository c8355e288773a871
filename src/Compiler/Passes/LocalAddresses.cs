using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Where every LocalPtr of a function points. Null and undefined pointers are taken to agree with everything: nobody may follow them.
/// </summary>
internal sealed class LocalAddresses
{
    private readonly Dictionary<Value, LocalAddress> addresses = [];
    private bool changed;

    public LocalAddresses(ControlFlow flow)
    {
        do
        {
            changed = false;
            foreach (Block block in flow.Order)
            {
                foreach (Instruction instruction in block.Instructions)
                    Visit(instruction);
                foreach (Edge edge in block.Terminator!.Edges)
                {
                    for (int i = 0; i < edge.Arguments.Count; i++)
                    {
                        if (edge.Arguments[i].Type == IrType.LocalPtr && Of(edge.Arguments[i]) is { } address)
                            Join(edge.Target.Parameters[i], address);
                    }
                }
            }
        }
        while (changed);
    }

    /// <summary>Null for pointers that are never set.</summary>
    public LocalAddress? Of(Value pointer) => addresses.TryGetValue(pointer, out LocalAddress address) ? address : null;

    private void Visit(Instruction instruction)
    {
        if (instruction.Results.Length != 1 || instruction.Results[0].Type != IrType.LocalPtr)
            return;
        Value result = instruction.Results[0];
        switch (instruction.Opcode)
        {
            case Opcode.Local:
                Join(result, new LocalAddress(instruction, 0));
                break;
            case Opcode.Offset when Of(instruction.Operands[0]) is { } start:
                long? bytes = instruction.Operands[1] is Constant constant ? constant.Signed : null;
                Join(result, start with { Offset = start.Offset + bytes });
                break;
            case Opcode.Select:
                if (Of(instruction.Operands[1]) is { } whenTrue)
                    Join(result, whenTrue);
                if (Of(instruction.Operands[2]) is { } whenFalse)
                    Join(result, whenFalse);
                break;
            case Opcode.Offset:
                break;
            default:
                Join(result, LocalAddress.Lost);
                break;
        }
    }

    private void Join(Value value, LocalAddress address)
    {
        if (addresses.TryGetValue(value, out LocalAddress known))
            address = known.Meet(address);
        if (known == address && addresses.ContainsKey(value))
            return;
        addresses[value] = address;
        changed = true;
    }
}

/// <summary>Where a LocalPtr points.</summary>
/// <param name="Local">the variable; null if it can be one of several</param>
/// <param name="Offset">bytes into it, when known</param>
internal readonly record struct LocalAddress(Instruction? Local, long? Offset)
{
    /// <summary>Several variables.</summary>
    public static LocalAddress Lost { get; }

    /// <summary>What is true of both.</summary>
    public LocalAddress Meet(LocalAddress other) =>
        this == other ? this : Local is not null && Local == other.Local ? new LocalAddress(Local, null) : Lost;
}
