using CogVideoX.Models.T5;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// What the reference rows don't reach: other lengths, ill-formed text, and models with features that T5's lacks.
public class TokenizerTests
{
    private static readonly T5Tokenizer Tokenizer = T5Tokenizer.Load(TokenizerFolder.Path);

    [Fact]
    public void A_short_row_says_what_was_cut()
    {
        TokenizedPrompt prompt = Tokenizer.EncodePadded("a red circle moving left on  a gray\tbackground", 14);

        Assert.Equal(14, prompt.Ids.Length);
        Assert.Equal(14, prompt.Length);
        Assert.Equal(Tokenizer.EosId, prompt.Ids[^1]);
        Assert.Equal("left on a gray background", prompt.Truncated);
        Assert.Equal(Tokenizer.Encode("a red circle moving left on a gray background", addEos: false).Length - 13, prompt.TruncatedTokens);
    }

    [Fact]
    public void A_long_row_is_padded_and_cuts_nothing()
    {
        TokenizedPrompt prompt = Tokenizer.EncodePadded("still", 226);

        Assert.Equal(2, prompt.Length);
        Assert.All(prompt.Ids[prompt.Length..], id => Assert.Equal(Tokenizer.PadId, id));
        Assert.Null(prompt.Truncated);
        Assert.Equal(0, prompt.TruncatedTokens);
    }

    [Fact]
    public void A_text_that_just_fits_is_not_cut()
    {
        int[] ids = Tokenizer.Encode("a red circle", addEos: true);

        TokenizedPrompt prompt = Tokenizer.EncodePadded("a red circle", ids.Length);

        Assert.Equal(ids, prompt.Ids);
        Assert.Null(prompt.Truncated);
    }

    [Fact]
    public void A_row_of_one_holds_the_end_alone()
    {
        TokenizedPrompt prompt = Tokenizer.EncodePadded("a circle", 1);

        Assert.Equal([Tokenizer.EosId], prompt.Ids);
        Assert.Equal("a circle", prompt.Truncated);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_row_without_room_for_the_end_is_refused(int maxLength) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.EncodePadded("a", maxLength));

    [Theory]
    [InlineData(-1)]
    [InlineData(110)]
    public void Decoding_an_id_outside_of_the_vocabulary_is_refused(int id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Decode([3, id]));

    [Fact]
    public void A_text_of_absurd_length_is_refused()
    {
        string text = new('a', T5Tokenizer.LongestText + 1);

        Assert.Contains("1048577 characters", Assert.Throws<ArgumentException>(() => Tokenizer.Encode(text, addEos: true)).Message);
        Assert.Throws<ArgumentException>(() => Tokenizer.EncodePadded(text, 226));
        Assert.Throws<ArgumentException>(() => Tokenizer.Pieces(text));
        Assert.Throws<ArgumentException>(() => Tokenizer.Normalize(text));
        Assert.Throws<ArgumentException>(() => Tokenizer.Coverage(text));
    }

    [Theory]
    [InlineData("a\uD800b")]
    [InlineData("a\uDC00b")]
    public void A_lone_surrogate_is_taken_for_the_replacement_character(string text) =>
        Assert.Equal(Tokenizer.Encode("a\uFFFDb", addEos: true), Tokenizer.Encode(text, addEos: true));

    [Fact]
    public void A_lone_surrogate_without_a_character_map_is_unknown()
    {
        var tokenizer = new T5Tokenizer(ModelBytes.Small("a", "b").Load());

        Assert.Equal(["\u2581", "a", "\uFFFD", "b"], tokenizer.Pieces("a\uD800b"));
    }

    [Fact]
    public void Unknown_text_becomes_bytes_where_the_model_has_them()
    {
        var tokenizer = new T5Tokenizer(ModelBytes.Small("a").AllBytes().Load());

        int[] ids = tokenizer.Encode("aé\u732Ba", addEos: false);

        Assert.Equal(["\u2581", "a", "<0xC3>", "<0xA9>", "<0xE7>", "<0x8C>", "<0xAB>", "a"], tokenizer.Pieces("aé\u732Ba"));
        Assert.DoesNotContain(tokenizer.UnknownId, ids);
        Assert.Equal("aé\u732Ba", tokenizer.Decode(ids));
        Assert.Equal("aé\uFFFD\uFFFDa", tokenizer.Decode([.. ids[..6], .. ids[7..]]));
    }

    [Fact]
    public void A_key_of_the_character_map_is_replaced()
    {
        var tokenizer = new T5Tokenizer(ModelBytes.Small("a").CharacterMapOfA(2, "x\0yz\0"u8).Load());

        Assert.Equal("\u2581byzyzc", tokenizer.Normalize("baac"));
    }

    [Fact]
    public void A_user_defined_symbol_is_kept_whole_and_not_normalized()
    {
        ModelBytes model = ModelBytes.Small("a", "b", "x").Piece("ba", 0, PieceType.UserDefined).CharacterMapOfA(0, "x\0"u8);
        var tokenizer = new T5Tokenizer(model.Load());

        Assert.Equal(["\u2581", "x", "ba", "x"], tokenizer.Pieces("abaa"));
    }

    [Fact]
    public void An_unused_piece_is_never_chosen()
    {
        var tokenizer = new T5Tokenizer(ModelBytes.Small("a", "b").Piece("ab", -1, PieceType.Unused).Load());

        Assert.Equal(["\u2581", "a", "b"], tokenizer.Pieces("ab"));
    }

    [Fact]
    public void Whitespace_follows_the_models_switches()
    {
        var noPrefix = new T5Tokenizer(ModelBytes.Small("a").Normalizer(3, 0).Load());
        var allSpaces = new T5Tokenizer(ModelBytes.Small("a").Normalizer(4, 0).Load());
        var unescaped = new T5Tokenizer(ModelBytes.Small("a").Normalizer(5, 0).Load());
        var atEnd = new T5Tokenizer(ModelBytes.Small("a").Trainer(24, 1).Load());

        Assert.Equal("a\u2581a", noPrefix.Normalize(" a  a "));
        Assert.Equal("\u2581\u2581a\u2581\u2581a\u2581", allSpaces.Normalize(" a  a "));
        Assert.Equal(" a a", unescaped.Normalize(" a  a "));
        Assert.Equal("a\u2581a\u2581", atEnd.Normalize(" a  a "));
        Assert.Equal(" a  a ", allSpaces.Decode(allSpaces.Encode(" a  a ", addEos: true)));
    }

    [Fact]
    public void A_very_long_text_is_cut_like_any_other()
    {
        string text = string.Concat(Enumerable.Repeat("a red circle \u732B ", 50_000));

        TokenizedPrompt prompt = Tokenizer.EncodePadded(text, 226);

        Assert.Equal(Tokenizer.Encode(text, addEos: false)[..225], prompt.Ids[..225]);
        Assert.EndsWith("a red circle \u732B", prompt.Truncated);
    }

    [Fact]
    public void Threads_can_share_a_tokenizer()
    {
        string[] texts = [.. Enumerable.Range(0, 500).Select(i => $"{i} red circles moving {new string('a', i)} \u732B")];
        int[][] expected = [.. texts.Select(text => Tokenizer.Encode(text, addEos: true))];

        Parallel.For(0, texts.Length, i => Assert.Equal(expected[i], Tokenizer.Encode(texts[i], addEos: true)));
    }
}
