using CogVideoX.Models.T5;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// What holds for any text at all.
public class PropertyTests
{
    private static readonly T5Tokenizer Tokenizer = T5Tokenizer.Load(TokenizerFolder.Path);

    // Any UTF-16 at all; text close to the vocabulary; characters that normalization changes or that are ill-formed.
    private static readonly Arbitrary<string> Texts = Gen.OneOf(
        Gen.Choose(0, 0xFFFF).Select(value => (char)value).ArrayOf().Select(chars => new string(chars)),
        Gen.Elements("a red circle moving left", " ", "  ", "\u2581", "<pad>", "ing", "re", "d", "\t").ArrayOf().Select(string.Concat),
        Gen.Elements("e\u0301", "\uFB01", "\u3000", "\u200B", "\u1112\u1161\u11AB", "\uFDFA", "\uD83D\uDC3C", "\uD800", "\uDC00", "\0", "a")
            .ArrayOf().Select(string.Concat)).ToArbitrary();

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void Ids_lie_in_the_vocabulary_and_are_never_control_ids() =>
        Check(text => Tokenizer.Encode(text, addEos: false)
            .All(id => id >= 0 && id < Tokenizer.VocabularySize && id != Tokenizer.PadId && id != Tokenizer.EosId));

    [Fact]
    public void Pieces_joined_are_the_normalized_text() =>
        Check(text => string.Concat(Tokenizer.Pieces(text)) == Tokenizer.Normalize(text));

    [Fact]
    public void There_is_one_piece_an_id() =>
        Check(text => Tokenizer.Pieces(text).Count == Tokenizer.Encode(text, addEos: false).Length);

    [Fact]
    public void Unknown_pieces_never_follow_each_other() =>
        Check(text => Tokenizer.Encode(text, addEos: false).AsSpan().IndexOf([Tokenizer.UnknownId, Tokenizer.UnknownId]) < 0);

    [Fact]
    public void Normalized_text_has_no_spare_spaces() =>
        Check(text => Tokenizer.Normalize(text) is var normalized
            && !normalized.Contains(' ') && !normalized.Contains("\u2581\u2581") && !normalized.EndsWith('\u2581')
            && (normalized.Length == 0 || normalized[0] == '\u2581'));

    [Fact]
    public void A_padded_row_is_the_ids_cut_or_filled() => Prop.ForAll(Texts, Gen.Choose(1, 40).ToArbitrary(), (text, length) =>
    {
        int[] ids = Tokenizer.Encode(text, addEos: true);
        int kept = Math.Min(ids.Length, length);
        TokenizedPrompt prompt = Tokenizer.EncodePadded(text, length);

        Assert.Equal([.. ids[..(kept - 1)], Tokenizer.EosId, .. Enumerable.Repeat(Tokenizer.PadId, length - kept)], prompt.Ids);
        Assert.Equal(kept, prompt.Length);
        Assert.Equal(ids.Length > length, prompt.Truncated is not null);
        Assert.Equal(ids.Length - kept, prompt.TruncatedTokens);
    }).Check(Thorough);

    [Fact]
    public void Known_text_survives_a_round_trip() => Check(text =>
    {
        int[] ids = Tokenizer.Encode(text, addEos: true);
        string spaced = Tokenizer.Normalize(text).Replace('\u2581', ' ').TrimStart(' ');
        return ids.Contains(Tokenizer.UnknownId) || Tokenizer.Decode(ids) == spaced;
    });

    private static void Check(Func<string, bool> holds) => Prop.ForAll(Texts, holds).Check(Thorough);
}
