namespace CogVideoX.Emulator.Execution;

/// <summary>Words for where threads run that have no end in sight.</summary>
internal static class Spinning
{
    private const int MostPlaces = 3;

    /// <summary>Threads of one strand: <c>block (0,0,0), threads 0 to 31 of 64, in the loop of PTX lines 7 to 9</c>.</summary>
    public static string Of(Warp warp, Strand strand) => $"block {warp.Cta.Index}, {Threads(warp, strand)}, {Place(warp, strand)}";

    /// <summary>All threads of the resident blocks, by where they are; the fullest places first.</summary>
    public static string Of(IReadOnlyCollection<Warp> warps)
    {
        var places = warps.SelectMany(w => w.Strands.Select(s => (Warp: w, Strand: s)))
            .GroupBy(one => one.Strand.Waiting is { } reason ? $"waiting: {reason}" : Place(one.Warp, one.Strand))
            .OrderByDescending(g => g.Sum(one => Count(one.Strand))).ToList();
        IEnumerable<string> first = places.Take(MostPlaces).Select(g =>
            $"{g.Sum(one => Count(one.Strand))} threads {g.Key} (the first: block {g.First().Warp.Cta.Index}, "
                + $"{Threads(g.First().Warp, g.First().Strand)})");
        return string.Join("; ", first) + (places.Count > MostPlaces ? $"; and {places.Count - MostPlaces} places more" : "");
    }

    private static string Threads(Warp warp, Strand strand)
    {
        int first = warp.Number * Warp.Lanes;
        int low = int.TrailingZeroCount((int)strand.Mask);
        int high = 31 - int.LeadingZeroCount((int)strand.Mask);
        string lanes = Count(strand) == 1 ? $"thread {first + low}" : Count(strand) == high - low + 1
            ? $"threads {first + low} to {first + high}" : $"{Count(strand)} of the threads {first + low} to {first + high}";
        return $"{lanes} of {warp.Cta.Launch.Block.Count}";
    }

    private static string Place(Warp warp, Strand strand)
    {
        List<Instruction> code = warp.Code.Instructions;
        int at = Math.Min(strand.At, code.Count - 1);
        return MainLoop.Innermost(code, at) is var (first, last)
            ? $"in the loop of PTX {Lines(code[first].Line, code[last].Line)}" : $"at PTX line {code[at].Line}";
    }

    private static string Lines(int first, int last) => first == last ? $"line {first}" : $"lines {first} to {last}";

    private static int Count(Strand strand) => int.PopCount((int)strand.Mask);
}
