using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Walks the dominator tree with the current value of every piece and puts values in the place of loads and stores.</summary>
internal sealed class PieceRenaming
{
    private readonly ControlFlow flow;
    private readonly PromotableLocals locals;
    private readonly Dictionary<int, List<int>> placed;
    private readonly Value?[] current;
    private readonly Replacements replacements = new();
    private readonly Stack<(int Piece, Value? Before)> undo = new();

    public PieceRenaming(ControlFlow flow, PromotableLocals locals, Dictionary<int, List<int>> placed)
    {
        this.flow = flow;
        this.locals = locals;
        this.placed = placed;
        current = new Value?[locals.Pieces.Count];
    }

    public void Run(Function function, Dominators dominators)
    {
        foreach ((int block, List<int> pieces) in placed)
        {
            foreach (int piece in pieces)
                flow.Order[block].Parameters.Add(new Value(locals.Pieces[piece].Type.Register));
        }
        var open = new Stack<(int Last, int Mark)>();
        for (int place = 0; place < dominators.Preorder.Length; place++)
        {
            while (open.TryPeek(out (int Last, int Mark) top) && top.Last < place)
            {
                Rewind(top.Mark);
                open.Pop();
            }
            int block = dominators.Preorder[place];
            open.Push((dominators.LastOf(block), undo.Count));
            Rename(block);
        }
        replacements.ApplyTo(function);
    }

    private void Rename(int index)
    {
        Block block = flow.Order[index];
        if (placed.TryGetValue(index, out List<int>? pieces))
        {
            int first = block.Parameters.Count - pieces.Count;
            for (int i = 0; i < pieces.Count; i++)
                Set(pieces[i], block.Parameters[first + i]);
        }
        var output = new Block();
        var builder = new IrBuilder { Block = output };
        foreach (Instruction instruction in block.Instructions)
        {
            if (!locals.Accesses.TryGetValue(instruction, out (int First, int Count) range))
                output.Instructions.Add(instruction);
            else if (instruction.Opcode == Opcode.Store)
                Write(builder, instruction, range);
            else
                Read(builder, instruction, range);
        }
        block.Instructions.Clear();
        block.Instructions.AddRange(output.Instructions);
        foreach (Edge edge in block.Terminator!.Edges)
        {
            if (placed.TryGetValue(flow.IndexOf(edge.Target), out List<int>? wanted))
                edge.Arguments.AddRange(wanted.Select(Get));
        }
    }

    private void Write(IrBuilder builder, Instruction store, (int First, int Count) range)
    {
        builder.Location = store.Location;
        Value value = replacements.Of(store.Operands[1]);
        for (int i = range.First; i < range.First + range.Count; i++)
        {
            int skip = (int)(locals.Pieces[i].Offset - locals.Pieces[range.First].Offset);
            Set(i, PieceConversion.Extract(builder, value, store.MemoryType, skip, locals.Pieces[i].Type));
        }
    }

    private void Read(IrBuilder builder, Instruction load, (int First, int Count) range)
    {
        builder.Location = load.Location;
        var pieces = new Piece[range.Count];
        var values = new Value[range.Count];
        for (int i = 0; i < range.Count; i++)
            (pieces[i], values[i]) = (locals.Pieces[range.First + i], Get(range.First + i));
        replacements.Add(load.Result, PieceConversion.Combine(builder, pieces, values, load.MemoryType));
    }

    private Value Get(int piece) => current[piece] ?? locals.Pieces[piece].Zero;

    private void Set(int piece, Value value)
    {
        undo.Push((piece, current[piece]));
        current[piece] = value;
    }

    private void Rewind(int mark)
    {
        while (undo.Count > mark)
        {
            (int piece, Value? before) = undo.Pop();
            current[piece] = before;
        }
    }
}
