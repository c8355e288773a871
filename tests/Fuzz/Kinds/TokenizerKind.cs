using System.Text;
using CogVideoX.Fuzz.Mutation;
using CogVideoX.Pipelines;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>Prompts of any characters.</summary>
internal sealed class TokenizerKind : IFuzzKind
{
    private readonly List<PromptTokenizer> tokenizers = [];
    private readonly List<TextMutator> prompts = [];

    public string Name => "tokenizer";

    public void Prepare(string scratch)
    {
        tokenizers.Add(PromptTokenizer.Open(Repository.Goldens("checkpoints/2b")));
        tokenizers.Add(PromptTokenizer.Open(Path.Combine(Repository.Root, "models", "shapes")));
        string[] texts =
        [
            "a red circle moving left on a gray background",
            "très mignon, ﬁne ½ ＡＢＣ 模型 가나다 e\u0301 👩‍👩‍👧 \u00a0x",
            "<extra_id_0>. Hey </s> how are you!!!!!!   (red:1.3) [cat] ▁▁",
        ];
        IReadOnlyList<string> vocabulary = TextMutator.Vocabulary(texts.Concat(Hostile.Texts.Where(t => t.Length < 300)));
        prompts.AddRange(texts.Select(text => new TextMutator(text, vocabulary)));
    }

    public FuzzInput Make(FuzzRandom random)
    {
        string text = random.OneIn(4) ? AnyCharacters(random) : random.Pick(prompts).Mutate(random);
        PromptTokenizer tokenizer = random.Pick(tokenizers);
        int? length = random.OneIn(3) ? random.Next(1, 300) : null;
        return new FuzzInput(() => string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}")), () =>
        {
            int[] ids = tokenizer.Encode(text, length);
            return length is { } wanted && ids.Length != wanted ? $"{ids.Length} ids where {wanted} were asked for"
                : ids.Any(id => id is < 0 or > 40_000) ? "an id that no vocabulary has" : null;
        });
    }

    public bool IsExpected(Exception exception) => exception is CogVideoXException;

    private static string AnyCharacters(FuzzRandom random)
    {
        var text = new StringBuilder();
        for (int i = random.Length(2000); i > 0; i--)
            text.Append((char)(random.OneIn(3) ? random.Next(0x10000) : random.OneIn(2) ? random.Next(0x300) : random.Next(' ', 0x7f)));
        return text.ToString();
    }
}
