namespace CogVideoX.Ptx;

/// <summary>What instructions of some form need. Where several forms fit an instruction, it needs what each of them does.</summary>
/// <param name="Words">
/// The opcode (<c>*</c>: any) and what the suffixes must have, in any order: <c>a</c>, <c>a|b</c> (one of them), <c>a*</c> (one that
/// begins so), <c>!a</c> (none),
/// <c>to:a|b</c> and <c>from:a|b</c> (the first and the second type), <c>#4</c> (so many operands at least). A bare trailing <c>+NAME</c>
/// stands for a property
/// that the suffixes don't show, which the reader tells (<c>+predicate</c>).
/// </param>
/// <param name="Target">least compute capability times ten; 0: any</param>
/// <param name="Version">least .version times ten; 0: any</param>
/// <param name="Only">
/// the targets that have it, with their variants, and nothing else (<c>90a 100a</c>); empty: all from <paramref name="Target"/> on
/// </param>
/// <param name="Before">the form asks this of versions before that one alone (times ten); 0: of all</param>
public sealed record InstructionForm(string Words, int Target, int Version, string Only = "", int Before = 0)
{
    private readonly string[] words = Words.Split(' ')[1..];

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

    /// <summary>A family's targets have what its a-variants have, as far as the table knows.</summary>
    private bool Has(PtxTarget target) => target.Variant == 'a' && Array.IndexOf(only, target) >= 0;

    private bool Fits(InstructionShape shape)
    {
        foreach (string word in words)
        {
            if (!Fits(word, shape))
                return false;
        }
        return true;
    }

    private static bool Fits(string word, InstructionShape shape) => word[0] switch
    {
        '!' => !Any(word.AsSpan(1), shape),
        '#' => shape.Operands >= word[1] - '0',
        '+' => shape.Properties.Contains(word[1..]),
        't' when word.StartsWith("to:", StringComparison.Ordinal) => OneOf(word.AsSpan(3), shape.Type(0)),
        'f' when word.StartsWith("from:", StringComparison.Ordinal) => OneOf(word.AsSpan(5), shape.Type(1)),
        _ => Any(word, shape),
    };

    private static bool Any(ReadOnlySpan<char> words, InstructionShape shape)
    {
        foreach (string suffix in shape.Suffixes)
        {
            if (OneOf(words, suffix))
                return true;
        }
        return false;
    }

    private static bool OneOf(ReadOnlySpan<char> words, string? suffix)
    {
        foreach (Range part in words.Split('|'))
        {
            ReadOnlySpan<char> word = words[part];
            if (word[^1] == '*' ? suffix.AsSpan().StartsWith(word[..^1]) : word.SequenceEqual(suffix))
                return true;
        }
        return false;
    }
}
