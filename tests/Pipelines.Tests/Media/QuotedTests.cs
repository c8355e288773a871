using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class QuotedTests
{
    [Theory]
    [InlineData("plain 円 é 🎬", "'plain 円 é 🎬'")]
    [InlineData("a\u001b]0;title\u0007", @"'a\u001b]0;title\u0007'")]
    [InlineData("two\r\nlines\u2028", @"'two\u000d\u000alines\u2028'")]
    [InlineData("\u202Egnp.exe", @"'\u202egnp.exe'")]
    [InlineData("\u009b31m", @"'\u009b31m'")]
    public void Text_from_elsewhere_is_one_line_that_moves_no_cursor(string text, string shown) => Assert.Equal(shown, Quoted.Text(text));

    [Fact]
    public void Long_text_is_cut_between_letters()
    {
        string shown = Quoted.Text(string.Concat(Enumerable.Repeat("🎬", 1000)));
        Assert.Equal($"'{string.Concat(Enumerable.Repeat("🎬", 60))}…'", shown);
    }
}
