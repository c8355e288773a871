using CogVideoX.Cli.Tests.Running;

namespace CogVideoX.Cli.Tests.Streams;

/// <summary>What comes from files and users never steers a terminal.</summary>
public sealed class TerminalTests
{
    private const string Harmful = "\u001B[31mred\u0007\u009B2J\u202Ekcab\r\n\tend";

    [Fact]
    public void MessageIsOneLineThatSpellsWhatItHolds()
    {
        using StringWriter output = new(), error = new() { NewLine = "\n" };
        var terminal = new Terminal(output, error);
        terminal.Say(Harmful);
        terminal.Warn(Harmful);
        const string Spelled = @"\u001B[31mred\u0007\u009B2J\u202Ekcab\r\n\tend";
        Assert.Equal($"{Spelled}\nwarning: {Spelled}\n", error.ToString());
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void EndlessMessageIsCut()
    {
        using StringWriter output = new(), error = new();
        new Terminal(output, error).Say(new string('x', 1_000_000));
        Assert.InRange(error.ToString().Length, 1000, 5000);
    }

    [Fact]
    public void ResultsKeepTheirLines()
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new();
        var terminal = new Terminal(output, error);
        terminal.Output.WriteLine(Harmful);
        terminal.Output.Write("größe 円 🎬 \u200F".AsSpan());
        terminal.Output.Write('\u001B');
        Assert.Equal("\\u001B[31mred\\u0007\\u009B2J\\u202Ekcab\r\n\tend\ngröße 円 🎬 \u200F\\u001B", output.ToString());
    }

    [Fact]
    public void MessagesThatCantBeWrittenAreLost()
    {
        using var closed = new StandardStreams.ClosedWriter();
        using var output = new StringWriter();
        var terminal = new Terminal(output, closed);
        terminal.Say("anything");
        terminal.SayAtLength("anything");
        var result = Assert.Throws<ResultException>(() => new Terminal(closed, output).Output.WriteLine("/path/of/a/video"));
        Assert.Equal("standard output can't be written to: it is closed. This was lost: /path/of/a/video", result.Message);
    }

    [Fact]
    public async Task JsonSpellsThemToo()
    {
        CliRun run = await CliRun.Done("tokenize", "--json", "--", Harmful);
        Assert.DoesNotContain(run.Output, c => c is '\u001B' or '\u0007' or '\u009B' or '\u202E');
        using var document = System.Text.Json.JsonDocument.Parse(run.Output);
        Assert.Equal(Harmful, document.RootElement[0].GetProperty("prompt").GetString());
    }

    [Theory]
    [InlineData("generate", "a cat", "--model", Harmful)]
    [InlineData("generate", "a cat", "--widht\u001B[2J", "3")]
    [InlineData("inspect", Harmful)]
    [InlineData("info", Harmful)]
    [InlineData("decode", Harmful, "-o", "a.png")]
    [InlineData("kernels", "show", Harmful)]
    [InlineData(Harmful)]
    public async Task MistakesAreToldWithoutThem(params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.DoesNotContain(run.Error, c => c is '\u001B' or '\u0007' or '\u009B' or '\u202E');
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }
}
