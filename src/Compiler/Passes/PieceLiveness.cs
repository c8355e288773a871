using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Finds the blocks where a piece needs a parameter: where two of its definitions meet and someone reads it after.</summary>
internal sealed class PieceLiveness
{
    private readonly ControlFlow flow;
    private readonly List<int>[] writers;
    private readonly List<int>[] readers;

    public PieceLiveness(ControlFlow flow, PromotableLocals locals)
    {
        this.flow = flow;
        writers = new List<int>[locals.Pieces.Count];
        readers = new List<int>[locals.Pieces.Count];
        for (int i = 0; i < writers.Length; i++)
            (writers[i], readers[i]) = ([], []);
        for (int block = 0; block < flow.Order.Length; block++)
        {
            foreach (Instruction instruction in flow.Order[block].Instructions)
            {
                if (!locals.Accesses.TryGetValue(instruction, out (int First, int Count) range))
                    continue;
                for (int piece = range.First; piece < range.First + range.Count; piece++)
                    Note(piece, block, instruction.Opcode == Opcode.Store);
            }
        }
    }

    /// <summary>For each block (by its place in the order) the pieces that get a parameter.</summary>
    public Dictionary<int, List<int>> PlaceParameters(Dominators dominators)
    {
        List<int>[] frontiers = dominators.Frontiers();
        var placed = new Dictionary<int, List<int>>();
        for (int piece = 0; piece < writers.Length; piece++)
        {
            if (readers[piece].Count == 0)
                continue;
            HashSet<int> live = LiveAtStart(piece);
            var done = new HashSet<int>();
            var pending = new Stack<int>(writers[piece]);
            while (pending.TryPop(out int block))
            {
                foreach (int meeting in frontiers[block])
                {
                    if (!live.Contains(meeting) || !done.Add(meeting))
                        continue;
                    if (!placed.TryGetValue(meeting, out List<int>? list))
                        placed.Add(meeting, list = []);
                    list.Add(piece);
                    pending.Push(meeting);
                }
            }
        }
        return placed;
    }

    private void Note(int piece, int block, bool isWrite)
    {
        List<int> written = writers[piece];
        bool isWritten = written.Count > 0 && written[^1] == block;
        if (isWrite && !isWritten)
            written.Add(block);
        if (!isWrite && !isWritten && (readers[piece].Count == 0 || readers[piece][^1] != block))
            readers[piece].Add(block);
    }

    private HashSet<int> LiveAtStart(int piece)
    {
        var live = new HashSet<int>();
        var written = new HashSet<int>(writers[piece]);
        var pending = new Stack<int>(readers[piece]);
        while (pending.TryPop(out int block))
        {
            if (!live.Add(block))
                continue;
            foreach (Way way in flow.WaysInto(block))
            {
                if (flow.IndexOf(way.From) is var from && !written.Contains(from))
                    pending.Push(from);
            }
        }
        return live;
    }
}
