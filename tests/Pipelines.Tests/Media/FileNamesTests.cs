using System.Text;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class FileNamesTests
{
    [Theory]
    [InlineData("a red circle moving left", "a-red-circle-moving-left")]
    [InlineData("A Red  Circle!", "a-red-circle")]
    [InlineData("a:b/c?\"", "a-b-c")]
    [InlineData("..\\../etc/passwd", "etc-passwd")]
    [InlineData("--help", "help")]
    [InlineData("dots... ", "dots")]
    [InlineData("100 % %d %04d", "100-d-04d")]
    [InlineData("CON", "video-con")]
    [InlineData("nul", "video-nul")]
    [InlineData("COM1", "video-com1")]
    [InlineData("lpt9", "video-lpt9")]
    [InlineData("lpt\u00B9", "lpt")]
    [InlineData("console", "console")]
    [InlineData("com1 port", "com1-port")]
    [InlineData("", "video")]
    [InlineData("🎬 !?", "video")]
    [InlineData("\0\u001b[31m\n", "31m")]
    [InlineData("\uD83D", "video")]
    [InlineData("Größe 円 très", "größe-円-très")]
    [InlineData("tre\u0300s", "tre\u0300s")]
    [InlineData("हिन्दी", "हिन्दी")]
    public void A_prompt_becomes_a_name_that_every_system_takes(string prompt, string name) =>
        Assert.Equal(name, FileNames.FromPrompt(prompt));

    [Theory]
    [InlineData("a ")]
    [InlineData("x")]
    [InlineData("円")]
    [InlineData("𠀀")]
    public void A_long_prompt_is_cut_so_that_number_and_ending_fit(string piece)
    {
        string name = FileNames.FromPrompt(string.Concat(Enumerable.Repeat(piece, 2000)));
        Assert.InRange(name.EnumerateRunes().Count(), 1, 60);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 200);
        Assert.False(name.EndsWith('-'));
        Assert.DoesNotContain('\uFFFD', name);
    }
}
