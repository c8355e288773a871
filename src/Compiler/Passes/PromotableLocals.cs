using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// The Locals that can become SSA variables now: every use of a pointer into them is the address of a load or store at a known offset.
/// </summary>
internal sealed class PromotableLocals
{
    private readonly Dictionary<Instruction, List<(Instruction Access, long Offset)>> accesses = [];
    private readonly HashSet<Instruction> blocked = [];
    private readonly LocalAddresses addresses;

    public PromotableLocals(ControlFlow flow)
    {
        addresses = new LocalAddresses(flow);
        foreach (Block block in flow.Order)
        {
            foreach (Instruction instruction in block.Instructions)
                Visit(instruction);
            foreach (Edge edge in block.Terminator!.Edges)
            {
                for (int i = 0; i < edge.Arguments.Count; i++)
                {
                    if (edge.Arguments[i].Type == IrType.LocalPtr)
                        BlockUnlessTracked(edge.Arguments[i], edge.Target.Parameters[i]);
                }
            }
        }
        Assign();
    }

    /// <summary>All pieces of all promotable Locals.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary>For each load and store of these, its first piece and how many it covers.</summary>
    public Dictionary<Instruction, (int First, int Count)> Accesses { get; } = [];

    private void Assign()
    {
        foreach ((Instruction local, List<(Instruction Access, long Offset)> list) in accesses)
        {
            if (blocked.Contains(local))
                continue;
            List<Piece> pieces = PieceSplitting.Of(list.Select(a => (a.Offset, a.Access.MemoryType)));
            var starts = new Dictionary<long, int>();
            for (int i = 0; i < pieces.Count; i++)
                starts.Add(pieces[i].Offset, i);
            foreach ((Instruction access, long offset) in list)
            {
                int first = starts[offset], end = first;
                while (end < pieces.Count && pieces[end].Offset < offset + access.MemoryType.Bytes)
                    end++;
                Accesses.Add(access, (Pieces.Count + first, end - first));
            }
            Pieces.AddRange(pieces);
        }
    }

    private void Visit(Instruction instruction)
    {
        Value[] operands = instruction.Operands;
        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i].Type != IrType.LocalPtr)
                continue;
            if (i == 0 && instruction.Opcode is Opcode.Load or Opcode.Store)
                VisitAccess(instruction);
            else if (instruction.Opcode is Opcode.Offset or Opcode.Select)
                BlockUnlessTracked(operands[i], instruction.Result);
            else
                Block(operands[i]);
        }
    }

    private void VisitAccess(Instruction access)
    {
        if (addresses.Of(access.Operands[0]) is not { Local: { } local } address)
            return;
        if (address.Offset is not { } offset)
        {
            blocked.Add(local);
            return;
        }
        if (!accesses.TryGetValue(local, out List<(Instruction Access, long Offset)>? list))
            accesses.Add(local, list = []);
        list.Add((access, offset + access.ByteOffset));
    }

    private void BlockUnlessTracked(Value pointer, Value result)
    {
        if (addresses.Of(result) is not { Local: not null })
            Block(pointer);
    }

    private void Block(Value pointer)
    {
        if (addresses.Of(pointer)?.Local is { } local)
            blocked.Add(local);
    }
}
