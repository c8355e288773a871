using CogVideoX.Models.T5;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Text as people paste it, and as no one should: against the segmentation rule written down, on the text that comes out of normalization.
public class OddTextTests
{
    private static readonly SentencePieceModel Model = SentencePieceModel.Load(TokenizerFolder.ModelFile);

    private static readonly T5Tokenizer Tokenizer = new(Model);

    private static readonly PlainViterbi Plain = new(Model);

    public static TheoryData<string> Texts =>
    [
        "", " ", "   ", "!!!!!!", "<extra_id_0>. Hello", "Hey </s>. how are you", "tr\u00E8s mignon", "tre\u0300s mignon", "大熊猫弹吉他",
        "🎬👩‍👩‍👧‍👦🏳️‍🌈", "a\0b", "\0", "a (red:1.3) [cat]",
        "z\u0335\u0321\u033Aa\u0336l\u0334g\u0337o", "\u202Eright to left", "\uFDFA", "ا لعربية",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Odd_text_is_split_by_the_rule(string text) => IsSplitByTheRule(text);

    [Fact]
    public void A_prompt_of_300_KB_is_split_by_the_rule()
    {
        string all = string.Join(' ', Texts.Select(row => row.Data));

        IsSplitByTheRule(string.Concat(Enumerable.Repeat(all, 300_000 / all.Length)));
    }

    // No theory: attributes are kept as UTF-8, which has no half characters.
    [Fact]
    public void Half_characters_are_split_by_the_rule()
    {
        IsSplitByTheRule("\uD83C");
        IsSplitByTheRule("a \uDFAC\uD83C b");
        IsSplitByTheRule(new string('\uD83C', 300_000));
    }

    [Theory]
    [InlineData("tr\u00E8s", "tre\u0300s")]
    [InlineData("\u212B", "A\u030A")]
    [InlineData("\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData("fi ff", "\uFB01 \uFB00")]
    [InlineData("Red 12", "\uFF32\uFF45\uFF44\u3000\uFF11\uFF12")]
    [InlineData("\u00B0C 1\u20442 2 TM", "\u2103 \u00BD \u00B2 \u2122")]
    public void Text_of_one_NFKC_form_has_the_same_ids(string one, string other)
    {
        Assert.Equal(Tokenizer.Normalize(one), Tokenizer.Normalize(other));
        Assert.Equal(Tokenizer.Encode(one, addEos: true), Tokenizer.Encode(other, addEos: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("   ")]
    [InlineData("\t\r\n\u3000")]
    public void Text_of_spaces_alone_has_no_ids(string text) => Assert.Empty(Tokenizer.Encode(text, addEos: false));

    private static void IsSplitByTheRule(string text)
    {
        string normalized = Tokenizer.Normalize(text);
        Assert.True(Plain.Ids(normalized).SequenceEqual(Tokenizer.Encode(text, addEos: false)));
    }
}
