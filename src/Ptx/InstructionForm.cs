namespace CogVideoX.Ptx;

/// <summary>What instructions of some form need. Where several forms fit an instruction, it needs what each of them does.</summary>
/// <param name="Words">
/// The opcode (<c>*</c>: any) and what the suffixes must have, in any order: <c>a</c>, <c>a|b</c> (one of them), <c>a*</c> (one that
/// begins so), <c>!a</c> (none), <c>to:a|b</c> and <c>from:a|b</c> (the first and the second type), <c>#4</c> (so many operands at
/// least). <c>+NAME</c> is a property that the suffixes don't show, which the reader tells.
/// </param>
/// <param name="Target">least compute capability times ten; 0: any</param>
/// <param name="Version">least .version times ten; 0: any</param>
/// <param name="Only">
/// the targets that have it, with their variants, and nothing else (<c>90a 100a</c>); empty: all from <paramref name="Target"/> on
/// </param>
/// <param name="Before">the form asks this of versions before that one alone (times ten); 0: of all</param>
public sealed record InstructionForm(string Words, int Target, int Version, string Only = "", int Before = 0)
{
    private readonly Word[] words = [.. Words.Split(' ').Skip(1).Select(Word.Parse)];

    private readonly PtxTarget[] only = [.. Only.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => PtxTarget.Parse("sm_" + n))];

    /// <summary>The opcode, or <c>*</c>.</summary>
    public string Opcode { get; } = Words.Split(' ')[0];

    /// <summary>
    /// What of it that target or version hasn't, as ptxas words it; null if nothing, or if the instruction is no such form.
    /// </summary>
    public string? Missing(InstructionShape shape, PtxTarget target, PtxVersion version)
    {
        if (Before > 0 && version >= PtxVersion.OfTenths(Before))
            return null;
        bool hasTarget = only.Length > 0 ? Has(target) : target.Number >= Target;
        bool hasVersion = version >= PtxVersion.OfTenths(Version);
        if ((hasTarget && hasVersion) || !Fits(shape))
            return null;
        string what = $"'{string.Join('.', shape.Suffixes.Prepend(shape.Opcode))}'";
        return !hasVersion ? $"{what} requires PTX ISA .version {PtxVersion.OfTenths(Version)} or later"
            : only.Length > 0 ? $"{what} is not supported on .target '{target}': it requires .target {string.Join(", ", only)}"
            : $"{what} requires .target sm_{Target} or higher";
    }

    /// <summary>A family's targets have what its a-variants have (PTX ISA 11.1.2, from 8.8 on).</summary>
    private bool Has(PtxTarget target) => target.Variant != '\0' && Array.Exists(only, t => t.Number == target.Number);

    private bool Fits(InstructionShape shape)
    {
        foreach (Word word in words)
        {
            if (!word.Fits(shape))
                return false;
        }
        return true;
    }

    /// <summary>One of the words, taken apart once.</summary>
    private readonly record struct Word(char Kind, string[] Names)
    {
        public static Word Parse(string text) => text switch
        {
            ['!', .. var rest] => new Word('!', rest.Split('|')),
            ['#', .. var rest] => new Word('#', [rest]),
            ['+', .. var rest] => new Word('+', [rest]),
            ['t', 'o', ':', .. var rest] => new Word('t', rest.Split('|')),
            ['f', 'r', 'o', 'm', ':', .. var rest] => new Word('f', rest.Split('|')),
            _ => new Word(' ', text.Split('|')),
        };

        public bool Fits(InstructionShape shape) => Kind switch
        {
            '!' => !Any(shape),
            '#' => shape.Operands >= Names[0][0] - '0',
            '+' => shape.Properties.Contains(Names[0]),
            't' => OneOf(shape.Type(0)),
            'f' => OneOf(shape.Type(1)),
            _ => Any(shape),
        };

        private bool Any(InstructionShape shape)
        {
            for (int i = 0; i < shape.Suffixes.Count; i++)
            {
                if (OneOf(shape.Suffixes[i]))
                    return true;
            }
            return false;
        }

        private bool OneOf(string? suffix)
        {
            if (suffix is null)
                return false;
            foreach (string name in Names)
            {
                if (name[^1] == '*' ? suffix.AsSpan().StartsWith(name.AsSpan(..^1)) : name == suffix)
                    return true;
            }
            return false;
        }
    }
}
