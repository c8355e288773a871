using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Cuts a Local at every place where an access of it begins or ends.</summary>
internal static class PieceSplitting
{
    /// <summary>Pieces by offset, for accesses in any order. Bytes that no access touches have none.</summary>
    public static List<Piece> Of(IEnumerable<(long Offset, MemoryType Type)> accesses)
    {
        List<(long Offset, MemoryType Type, int Count)> kinds =
            [.. accesses.CountBy(a => a).Select(a => (a.Key.Offset, a.Key.Type, a.Value))];
        kinds.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        var pieces = new List<Piece>();
        for (int first = 0; first < kinds.Count;)
        {
            int end = first;
            long reach = kinds[first].Offset;
            for (; end < kinds.Count && (end == first || kinds[end].Offset < reach); end++)
                reach = Math.Max(reach, kinds[end].Offset + kinds[end].Type.Bytes);
            Split(kinds[first..end], pieces);
            first = end;
        }
        return pieces;
    }

    private static void Split(List<(long Offset, MemoryType Type, int Count)> overlapping, List<Piece> pieces)
    {
        var cuts = new SortedSet<long>();
        foreach ((long offset, MemoryType type, _) in overlapping)
        {
            cuts.Add(offset);
            cuts.Add(offset + type.Bytes);
        }
        long[] places = [.. cuts];
        for (int i = 0; i + 1 < places.Length; i++)
        {
            for (long at = places[i]; at < places[i + 1];)
            {
                int bytes = 8;
                while (at + bytes > places[i + 1])
                    bytes /= 2;
                pieces.Add(new Piece(at, TypeOf(overlapping, at, bytes)));
                at += bytes;
            }
        }
    }

    /// <summary>The type by which the piece is used most; a plain integer if only wider accesses cover it.</summary>
    private static MemoryType TypeOf(List<(long Offset, MemoryType Type, int Count)> accesses, long offset, int bytes)
    {
        int best = 0;
        MemoryType type = bytes switch { 1 => MemoryType.U8, 2 => MemoryType.U16, 4 => MemoryType.I32, _ => MemoryType.I64 };
        foreach ((long start, MemoryType candidate, int count) in accesses)
        {
            if (start != offset || candidate.Bytes != bytes || count < best || (count == best && candidate >= type))
                continue;
            best = count;
            type = candidate;
        }
        return type;
    }
}
