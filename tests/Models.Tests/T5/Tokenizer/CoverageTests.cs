using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Which words of a prompt a model can't know.
public class CoverageTests
{
    private static readonly string Shapes = Path.Combine(Golden.Root, "models", "shapes");

    private static readonly T5Tokenizer Tokenizer = T5Tokenizer.Load(Path.Combine(Shapes, "tokenizer"));

    [Fact]
    public void Words_with_characters_that_no_piece_covers_are_unknown()
    {
        VocabularyCoverage coverage = Tokenizer.Coverage("a très mignonne 大熊猫, très 🎬");

        Assert.Equal(["a", "très", "mignonne", "大熊猫", "🎬"], coverage.Words);
        Assert.Equal(["très", "大熊猫", "🎬"], coverage.UnknownWords);
        Assert.Equal(4, coverage.UnknownTokens);
        Assert.Equal(Tokenizer.Encode("a très mignonne 大熊猫, très 🎬", addEos: false).Length, coverage.Tokens);
    }

    [Fact]
    public void Unknown_words_are_told_in_their_normal_form() =>
        Assert.Equal(["café"], Tokenizer.Coverage("cafe\u0301 \uFF43\uFF41\uFF46\u00E9!").UnknownWords);

    [Fact]
    public void Bytes_that_stand_for_unknown_text_count_as_unknown()
    {
        var tokenizer = new T5Tokenizer(ModelBytes.Small("a").AllBytes().Load());

        VocabularyCoverage coverage = tokenizer.Coverage("a aéa a");

        Assert.Equal(["aéa"], coverage.UnknownWords);
        Assert.Equal(2, coverage.UnknownTokens);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  , . ")]
    public void Text_without_words_has_none(string text)
    {
        VocabularyCoverage coverage = Tokenizer.Coverage(text);

        Assert.Empty(coverage.Words);
        Assert.Equal(0, coverage.UnknownTokens);
    }

    // All letters are in its vocabulary, so that no token of it is unknown.
    [Fact]
    public void A_word_that_the_bundled_model_was_never_shown_is_outside_of_its_list()
    {
        VocabularyCoverage coverage = Tokenizer.Coverage("A red elephant, walking left");

        Assert.Equal(0, coverage.UnknownTokens);
        Assert.Equal(["elephant", "walking"], coverage.WordsOutside(Words()));
    }

    [Fact]
    public void Captions_that_the_bundled_model_understands_have_no_word_outside()
    {
        string[] captions =
        [
            "a red circle moving left on a gray background", "a cyan triangle growing on a navy background",
            "a orange square standing still on a black background", "a white circle moving up", "a yellow triangle, shrinking",
            "A green square moving down.", "a magenta circle moving right on a gray background", "a blue square",
        ];

        Assert.All(captions, caption => Assert.Empty(Tokenizer.Coverage(caption).WordsOutside(Words())));
    }

    private static IReadOnlyList<string> Words() => GenerationConfig.Read(Path.Combine(Shapes, "generation_config.json")).PromptWords!;
}
