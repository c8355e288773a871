namespace CogVideoX.Compiler.Ptx;

/// <summary>
/// Sequences parallel copies: puts moves that happen at once in an order in which none overwrites what another still reads.
/// </summary>
internal static class ParallelCopies
{
    /// <summary>The moves one after the other. A circle goes through a new register.</summary>
    /// <param name="moves">registers that are written, each once, and registers or constants that are read</param>
    /// <param name="temporary">makes a register of the same class as this one</param>
    public static List<(string To, string From)> InOrder(IReadOnlyList<(string To, string From)> moves, Func<string, string> temporary)
    {
        var result = new List<(string, string)>();
        var readers = new Dictionary<string, int>();
        var waiting = new Dictionary<string, string>();
        foreach ((string to, string from) in moves)
        {
            if (to == from)
                continue;
            waiting.Add(to, from);
            readers[from] = readers.GetValueOrDefault(from) + 1;
        }
        var free = new Queue<string>(moves.Select(m => m.To).Where(to => waiting.ContainsKey(to) && !readers.ContainsKey(to)));
        var circles = new Queue<string>(moves.Select(m => m.To));
        while (waiting.Count > 0)
        {
            if (!free.TryDequeue(out string? to))
            {
                // only circles are left: what the next one reads is kept elsewhere
                do
                    to = circles.Dequeue();
                while (!waiting.ContainsKey(to));
                string kept = temporary(to);
                result.Add((kept, to));
                string reader = waiting.First(w => w.Value == to).Key;
                waiting[reader] = kept;
            }
            string from = waiting[to];
            waiting.Remove(to);
            result.Add((to, from));
            if (!readers.TryGetValue(from, out int count))
                continue;
            readers[from] = count - 1;
            if (count == 1 && waiting.ContainsKey(from))
                free.Enqueue(from);
        }
        return result;
    }
}
