using System.Text;
using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>tokenize</c>.</summary>
public sealed class TokenizeTests
{
    [Fact]
    public async Task ArgumentsGiveTheGoldenIds()
    {
        using JsonDocument goldens = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("tokenizer/cases.json")));
        JsonElement[] rows = [.. goldens.RootElement.GetProperty("cases").EnumerateArray()];
        string[] prompts = [.. rows.Select(row => row.GetProperty("text").GetString()!)];
        CliRun run = await CliRun.Done(["tokenize", "--model", CliRun.Tiny, "--", .. prompts]);
        Assert.Equal(rows.Select(row => Compact(row.GetProperty("ids_eos"))), run.Lines.Select(Compact));
        CliRun padded = await CliRun.Done(["tokenize", "--model", CliRun.Tiny, "--max-sequence-length", "12", "--", .. prompts]);
        Assert.Equal(rows.Select(row => Compact(row.GetProperty("padded_12"))), padded.Lines.Select(Compact));
    }

    [Fact]
    public async Task StandardInputHasAPromptALine()
    {
        CliRun run = await ProgramRun.Of(Path.GetTempPath(), "a red circle\r\n\nein großer Kreis"u8.ToArray(), "tokenize");
        Assert.Equal(ExitCode.Done, run.Code);
        CliRun arguments = await CliRun.Done("tokenize", "a red circle", "", "ein großer Kreis");
        Assert.Equal(arguments.Lines, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task StandardInputThatIsNotTextIsRefused()
    {
        CliRun run = await ProgramRun.Of(Path.GetTempPath(), [.. Encoding.UTF8.GetBytes("a red circle\n"), 0xFF, 0xFE, (byte)'\n'], "tokenize");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Contains("standard input isn't UTF-8 text", run.Error);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("1000001")]
    public Task AbsurdLengthIsRefused(string length) =>
        CliRun.Fails(ExitCode.WrongUsage, ["tokenize", "a", "--max-sequence-length", length], "--max-sequence-length: ", "from 1 to 1000000");

    private static string Compact(JsonElement row) => Compact(row.GetRawText());

    private static string Compact(string row) => string.Concat(row.Where(c => !char.IsWhiteSpace(c)));
}
