using System.Text;
using System.Text.RegularExpressions;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Documentation;

/// <summary>The kernel and the case of "Your own assembly" in docs/kernels.md work as they stand there.</summary>
public sealed class OwnAssemblyTests : IDisposable
{
    private static readonly string Section =
        File.ReadAllText(Path.Combine(Golden.Root, "docs", "kernels.md")).Split("\n## Your own assembly\n")[1];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TheSampleIsVerified()
    {
        float[] x = [.. Enumerable.Range(0, 100).Select(i => i - 7.25f)];
        byte[] header = Encoding.UTF8.GetBytes("""
            {"in.x":{"dtype":"F32","shape":[100],"data_offsets":[0,400]},
             "in.y":{"dtype":"F32","shape":[100],"data_offsets":[400,800]},
             "out.y":{"dtype":"F32","shape":[100],"data_offsets":[800,1200]}}
            """);
        float[] data = [.. x, .. new float[100], .. x.Select(v => v / 2)];
        byte[] bytes = [.. BitConverter.GetBytes((long)header.Length), .. header, .. data.SelectMany(BitConverter.GetBytes)];
        await File.WriteAllBytesAsync(folder.File("scale_half.safetensors"), bytes, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("scale_half.json"), Block("json"), TestContext.Current.CancellationToken);
        string path = UserAssembly.Build(
            folder.Path, "Mine", Block("csharp").Replace("using CogVideoX.Compiler.Language;\n", "", StringComparison.Ordinal));
        Assert.Equal(2, (await CliRun.Done("kernels", "list", "--assembly", path)).Lines.Length);
        CliRun run = await CliRun.Done("kernels", "verify", "--assembly", path, "--cases", folder.Path);
        Assert.Matches("^ok +scale_half .* as expected$", Assert.Single(run.Lines));
    }

    private static string Block(string language) =>
        Regex.Match(Section, $"^```{language}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
}
