using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>ptx check</c>.</summary>
public sealed class PtxCheckTests : IDisposable
{
    private const string Sound = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k()\n{\nret;\n}\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Written(string name, string text)
    {
        string path = folder.File(name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Row(string id, string target, string version, string wrap, string text) =>
        JsonSerializer.Serialize(new { id, family = "not read", target, version, wrap, text, accepts = "nor this" });

    [Fact]
    public async Task PrintsALineAFile()
    {
        string sound = Written("sound.ptx", Sound), newer = Written("newer.ptx", Sound.Replace("ret;", "elect.sync _|%p, -1;\nret;"));
        CliRun run = await CliRun.Of("ptx", "check", sound, newer);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Collection(
            run.Lines, line => Assert.Equal($"{sound}: accepted; k takes about 8 registers", line),
            line => Assert.StartsWith($"{newer}:6: ", line));
        Assert.Contains("requires .target sm_90 or higher", run.Lines[1]);
        Assert.Equal(ExitCode.Done, (await CliRun.Of("ptx", "check", sound)).Code);
    }

    [Fact]
    public async Task JsonHasEachFileAndItsVerdict()
    {
        string old = Written("old.ptx", Sound.Replace("8.0", "6.5")), unknown = Written("unknown.ptx", Sound.Replace("sm_80", "sm_75")
            .Replace("ret;", ".reg .u64 x; stacksave.u64 x;\nret;"));
        CliRun run = await CliRun.Of("ptx", "check", old, unknown, "--json");
        Assert.Equal(ExitCode.Failed, run.Code);
        using JsonDocument answers = JsonDocument.Parse(run.Output);
        JsonElement refused = answers.RootElement[0], open = answers.RootElement[1];
        Assert.Equal(0, refused.GetProperty("entries").GetArrayLength());
        Assert.Equal(old, refused.GetProperty("file").GetString());
        Assert.False(refused.GetProperty("accepts").GetBoolean());
        Assert.Contains("does not support .target sm_80", refused.GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Null, open.GetProperty("accepts").ValueKind);
        Assert.StartsWith("not supported: ", open.GetProperty("message").GetString());
    }

    [Fact]
    public async Task AKernelWithoutRoomForItsRegistersMaySpill()
    {
        string loads = string.Concat(Enumerable.Range(0, 60).Select(i => $"ld.global.u32 %r{i}, [%rd1+{4 * i}];\n"));
        string stores = string.Concat(Enumerable.Range(0, 60).Select(i => $"st.global.u32 [%rd1+{4 * i}], %r{i};\n"));
        string path = Written("narrow.ptx", Sound.Replace("k()", "k(.param .u64 a) .maxnreg 32").Replace(
            "ret;", $".reg .b32 %r<60>;\n.reg .b64 %rd<2>;\nld.param.u64 %rd1, [a];\n{loads}{stores}ret;"));
        Assert.Equal(
            $"{path}: accepted; k takes about 32 registers, all of its 32, and may spill",
            Assert.Single((await CliRun.Done("ptx", "check", path)).Lines));
        using JsonDocument answers = JsonDocument.Parse((await CliRun.Done("ptx", "check", path, "--json")).Output);
        JsonElement entry = answers.RootElement[0].GetProperty("entries")[0];
        Assert.Equal("k", entry.GetProperty("entry").GetString());
        Assert.Equal(32, entry.GetProperty("budget").GetInt32());
        Assert.True(entry.GetProperty("may_spill").GetBoolean());
    }

    [Fact]
    public async Task AFileThatCannotBeReadIsToldAndTheNextIsChecked()
    {
        string sound = Written("sound.ptx", Sound);
        CliRun run = await CliRun.Of("ptx", "check", folder.File("nothing.ptx"), sound);
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.StartsWith($"{sound}: accepted", Assert.Single(run.Lines));
        Assert.Contains("nothing.ptx doesn't exist", run.Error);
    }

    [Fact]
    public async Task BytesThatAreNotAsciiAreRefusedWhereTheyStand()
    {
        string path = Written("umlaut.ptx", Sound + "// Größe\n");
        Assert.StartsWith($"{path}:8: ", Assert.Single((await CliRun.Of("ptx", "check", path)).Lines));
    }

    [Fact]
    public async Task ATableIsAnsweredRowByRow()
    {
        string table = Written("rows.jsonl", string.Join('\n',
            Row("a", "sm_80", "7.0", "entry", "add.s32 %r1, %r2, %r3;"),
            Row("b", "sm_80", "7.0", "entry", "barrier.cluster.wait;"),
            "",
            Row("c", "sm_90", "8.0", "module", ".visible .entry k() { ret; }"),
            Row("d", "sm_75", "", "file", ".version 8.0\n.target sm_90\n.visible .entry k() { ret; }"),
            Row("e", "sm_100a", "9.0", "entry", "tcgen05.wait::ld.sync.aligned;")));
        CliRun run = await CliRun.Done("ptx", "check", "--table", table, "--json");
        using JsonDocument answers = JsonDocument.Parse(run.Output);
        Assert.Equal(["a", "b", "c", "d", "e"], answers.RootElement.EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
        Assert.Equal(
            [JsonValueKind.True, JsonValueKind.False, JsonValueKind.True, JsonValueKind.False, JsonValueKind.Null],
            answers.RootElement.EnumerateArray().Select(row => row.GetProperty("accepts").ValueKind));
        Assert.Equal("", answers.RootElement[0].GetProperty("message").GetString());
        Assert.Contains("requires", answers.RootElement[1].GetProperty("message").GetString());
        Assert.Equal("a: accepted", (await CliRun.Done("ptx", "check", "--table", table)).Lines[0]);
    }

    [Theory]
    [InlineData("{\"id\": \"a\"", "line 1: the row isn't JSON")]
    [InlineData("[[[[[[1]]]]]]", "nested deeper than 4")]
    [InlineData("[1]", "a row is a JSON object")]
    [InlineData("{\"id\": \"a\", \"target\": \"sm_80\", \"version\": \"8.0\", \"wrap\": \"entry\"}", "no text called text")]
    [InlineData("{\"id\": 5, \"target\": \"sm_80\", \"version\": \"8.0\", \"wrap\": \"entry\", \"text\": \"\"}", "no text called id")]
    [InlineData("{\"id\": \"a\", \"wrap\": \"body\", \"text\": \"\"}", "it is entry, module or file")]
    [InlineData("{\"id\": \"\\ud800\", \"target\": \"\", \"wrap\": \"entry\"}", "characters that no text has")]
    public async Task WhatIsNoRowIsRefused(string line, string word)
    {
        CliRun run = await CliRun.Of("ptx", "check", "--table", Written("rows.jsonl", line), "--json");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Equal("", run.Output);
        Assert.StartsWith("cogvideox: --table: ", run.Error);
        Assert.Contains(word, run.Error);
    }

    [Fact]
    public async Task ATableThatCannotBeReadIsRefused()
    {
        string bytes = folder.File("bytes.jsonl");
        File.WriteAllBytes(bytes, [0x7b, 0xff, 0xfe]);
        Assert.Contains("isn't UTF-8", (await CliRun.Of("ptx", "check", "--table", bytes)).Error);
        Assert.Contains("doesn't exist", (await CliRun.Of("ptx", "check", "--table", folder.File("none.jsonl"))).Error);
        string row = Written("long.jsonl", Row("a", "sm_80", "8.0", "entry", new string(' ', 5 << 20)));
        Assert.Contains("longer than", (await CliRun.Of("ptx", "check", "--table", row)).Error);
    }

    [Theory]
    [InlineData("file: ")]
    [InlineData("--table: ", "k.ptx", "--table", "rows.jsonl")]
    public async Task FilesOrATable(string word, params string[] arguments)
    {
        CliRun run = await CliRun.Of(["ptx", "check", .. arguments]);
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Contains(word, run.Error);
    }
}
