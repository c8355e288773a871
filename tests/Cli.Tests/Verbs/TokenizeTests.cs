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
    public async Task LineThatIsNotTextIsNamedAndTheOthersAreAnswered()
    {
        byte[] input = [.. "\uFEFFa red circle\n"u8, (byte)'a', 0xFF, (byte)'\n', .. "ein großer Kreis\n"u8];
        CliRun run = await ProgramRun.Of(Path.GetTempPath(), input, "tokenize");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Equal("cogvideox: prompt: line 2 of standard input: byte 2 isn't UTF-8 text.\n", run.Error);
        CliRun arguments = await CliRun.Done("tokenize", "a red circle", "ein großer Kreis");
        Assert.Equal([arguments.Lines[0], "null", arguments.Lines[1]], run.Lines);

        run = await ProgramRun.Of(Path.GetTempPath(), input, "tokenize", "--json");
        Assert.Equal(ExitCode.Failed, run.Code);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        IEnumerable<string?> prompts = json.RootElement.EnumerateArray().Select(row => row.GetProperty("prompt").GetString());
        Assert.Equal(["a red circle", null, "ein großer Kreis"], prompts);
        Assert.Equal(JsonValueKind.Null, json.RootElement[1].GetProperty("ids").ValueKind);
    }

    // The runtime has put a character of its own in the place of such bytes before anybody sees them.
    [Fact]
    public async Task ArgumentThatIsNotTextIsSaid()
    {
        CliRun run = await CliRun.Done("tokenize", "a red \uFFFDcircle");
        Assert.Single(run.Lines);
        Assert.Contains("warning: a prompt has U+FFFD in it", run.Error);
    }

    [Fact]
    public async Task JsonIsOneArrayWithWhatTheIdsDontTell()
    {
        CliRun run = await CliRun.Done("tokenize", "a red circle", "円円", "--max-sequence-length", "4", "--json");
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement[] rows = [.. json.RootElement.EnumerateArray()];
        Assert.Equal(["a red circle", "円円"], rows.Select(row => row.GetProperty("prompt").GetString()));
        Assert.All(rows, row => Assert.Equal(4, row.GetProperty("ids").GetArrayLength()));
        Assert.Equal([true, false], rows.Select(row => row.GetProperty("truncated").GetBoolean()));
        Assert.Equal([false, true], rows.Select(row => row.GetProperty("unknown").GetInt32() > 0));
    }

    [Fact]
    public async Task WeightsOfOtherProgramsAreOrdinaryText()
    {
        CliRun run = await CliRun.Done("tokenize", "a (red:1.3) [cat]", "a cat</s>", "a red cat");
        int[][] ids = [.. run.Lines.Select(line => JsonSerializer.Deserialize<int[]>(line)!)];
        Assert.All(ids, row => Assert.Single(row, id => id == 1)); // one end token
        Assert.True(ids[0].Length > ids[2].Length);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("1000001")]
    public Task AbsurdLengthIsRefused(string length) =>
        CliRun.Fails(
            ExitCode.WrongUsage, ["tokenize", "a", "--max-sequence-length", length], "--max-sequence-length: ", "from 1 to 1000000");

    private static string Compact(JsonElement row) => Compact(row.GetRawText());

    private static string Compact(string row) => string.Concat(row.Where(c => !char.IsWhiteSpace(c)));
}
