using System.Text;
using System.Text.RegularExpressions;

namespace CogVideoX.Fuzz.Mutation;

/// <summary>Exchanges the words of a text: a language's keywords stay keywords, and stand where they don't belong.</summary>
internal sealed partial class TextMutator
{
    private const int MostChanges = 5;

    private readonly string[] words;
    private readonly int[] lineStarts;
    private readonly IReadOnlyList<string> vocabulary;

    /// <param name="text">what is changed</param> <param name="vocabulary">words that may come in</param>
    public TextMutator(string text, IReadOnlyList<string> vocabulary)
    {
        words = Words(text);
        lineStarts = [0, .. Enumerable.Range(1, words.Length - 1).Where(i => words[i - 1].Contains('\n'))];
        this.vocabulary = vocabulary;
    }

    public static IReadOnlyList<string> Vocabulary(IEnumerable<string> texts) =>
        [.. texts.SelectMany(Words).Where(w => !string.IsNullOrWhiteSpace(w)).Distinct()];

    public string Mutate(FuzzRandom random)
    {
        var changed = new List<string>(words);
        for (int changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
            Change(random, changed);
        return string.Concat(changed);
    }

    public byte[] MutateBytes(FuzzRandom random)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Mutate(random));
        return random.OneIn(6) ? ByteMutator.Mutate(random, bytes) : bytes;
    }

    private void Change(FuzzRandom random, List<string> text)
    {
        if (text.Count == 0)
            return;
        int at = random.Next(text.Count), other = random.Next(text.Count);
        switch (random.Next(10))
        {
            case 0: text[at] = ""; break;
            case 1: text[at] += text[at]; break;
            case 2: (text[at], text[other]) = (text[other], text[at]); break;
            case 3: text[at] = random.Pick(Hostile.Numbers); break;
            case 4: text[at] = random.Pick(Hostile.Texts); break;
            case 5: Number(random, text, at); break;
            case 6: text.InsertRange(at, Line(random)); break;
            case 7 when random.OneIn(4): text.RemoveRange(at, text.Count - at); break;
            default: text[at] = random.Pick(vocabulary); break;
        }
    }

    // the nearest number after a place, since numbers are where sizes and addresses are
    private static void Number(FuzzRandom random, List<string> text, int from)
    {
        int at = text.FindIndex(from, w => w.Length > 0 && char.IsAsciiDigit(w[0]));
        if (at >= 0)
            text[at] = random.Pick(Hostile.Numbers);
    }

    private IEnumerable<string> Line(FuzzRandom random)
    {
        int line = random.Next(lineStarts.Length), end = line + 1 < lineStarts.Length ? lineStarts[line + 1] : words.Length;
        return words[lineStarts[line]..end];
    }

    private static string[] Words(string text) => [.. Word().Matches(text).Select(m => m.Value)];

    [GeneratedRegex(@"\n|[^\S\n]+|[A-Za-z_%$][\w$]*|\d[\w.]*|.", RegexOptions.Singleline)]
    private static partial Regex Word();
}
