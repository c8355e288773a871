namespace CogVideoX.Emulator.Mutations;

/// <summary>Weakens what a module's threads and copies synchronise with, one instruction at a time, as text.</summary>
internal static class Mutator
{
    /// <summary>Mutants of the lines that a run of the module executed. Lines keep their numbers.</summary>
    public static IEnumerable<Mutant> Mutants(string text, IReadOnlySet<int> executedLines)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!executedLines.Contains(i + 1))
                continue;
            if (i + 1 < lines.Length && lines[i].Contains("barrier.cluster.arrive") && lines[i + 1].Contains("barrier.cluster.wait"))
            {
                string[] without = (string[])lines.Clone();
                without[i] = without[i + 1] = "";
                yield return new Mutant(i + 1, "cluster barrier removed", string.Join('\n', without));
            }
            foreach ((string change, string replacement) in Weakening.All.SelectMany(w => w.Of(lines[i])))
            {
                string[] changed = (string[])lines.Clone();
                changed[i] = replacement;
                yield return new Mutant(i + 1, change, string.Join('\n', changed));
            }
        }
    }
}

/// <summary>A module with one instruction weakened.</summary>
/// <param name="Line">PTX line of the instruction</param> <param name="Change">what was done to it</param>
/// <param name="Text">the module</param>
internal sealed record Mutant(int Line, string Change, string Text);
