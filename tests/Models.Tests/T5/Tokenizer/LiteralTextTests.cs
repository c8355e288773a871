using CogVideoX.Models.T5;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Marks that other programs take for weights of words are text here.
public sealed class LiteralTextTests
{
    private static readonly T5Tokenizer Tokenizer = T5Tokenizer.Load(TokenizerFolder.Path);

    [Theory]
    [InlineData("a (red:1.3) [cat]")]
    [InlineData("((a)) [[b]] {c|d} <lora:x:1>")]
    [InlineData("a \\(b\\) BREAK AND c")]
    public void Parentheses_and_brackets_are_text(string text)
    {
        Assert.Equal("▁" + text.Replace(' ', '▁'), Tokenizer.Normalize(text));
        Assert.Equal(Tokenizer.Normalize(text), string.Concat(Tokenizer.Pieces(text)));

        TokenizedPrompt prompt = Tokenizer.EncodePadded(text, 226);
        Assert.Equal(Tokenizer.EosId, prompt.Ids[prompt.Length - 1]);
        Assert.Single(prompt.Ids, id => id == Tokenizer.EosId);
    }
}
