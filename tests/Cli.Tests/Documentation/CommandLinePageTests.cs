using System.CommandLine;
using System.Text.RegularExpressions;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Documentation;

/// <summary>docs/cli.md names what the program has, and its snippet for bash completes.</summary>
public sealed partial class CommandLinePageTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Golden.Root, "docs", "cli.md"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Verbs => [.. Root().Subcommands.Select(verb => verb.Name)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void EveryVerbHasASectionThatNamesItsOptions(string verb)
    {
        string section = Page.Split($"\n### {verb}\n")[1].Split("\n## ")[0].Split("\n### ")[0];
        Assert.All(Commands(Root().Subcommands.Single(command => command.Name == verb)), command =>
        {
            Assert.Contains($"{UsageErrors.PathOf(command)}", section);
            Assert.All(command.Options, option => Assert.Matches($"`[^`]*{option.Name}(?![a-z-])", section));
        });
    }

    [Fact]
    public void EveryOptionThatIsNamedExists()
    {
        HashSet<string> known = [.. Commands(Root()).SelectMany(command => command.Options).Select(option => option.Name), "--project"];
        Assert.All(OptionName().Matches(Page).Select(match => match.Value), name => Assert.Contains(name, known));
    }

    [Theory]
    [InlineData("cogvideox gene", "generate")]
    [InlineData("cogvideox generate 'a cat' --ste", "--steps")]
    [InlineData("cogvideox generate a --sampler e", "euler euler-ancestral")]
    [InlineData("cogvideox kernels sh", "show")]
    [InlineData("cogvideox tokenize --model ", "")] // bash itself completes files
    public async Task SnippetCompletes(string line, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "needs bash");
        string snippet = BashBlock().Match(Page).Groups[1].Value;
        string[] words = line.Split(' ');
        File.WriteAllText(folder.File("try.sh"), $$"""
            PATH=/usr/bin:/bin
            cogvideox() { {{string.Join(' ', ProgramRun.Command.Select(Shell.Quote))}} "$@"; }
            {{snippet}}
            COMP_LINE={{Shell.Quote(line)}} COMP_POINT={{line.Length}} COMP_CWORD={{words.Length - 1}}
            COMP_WORDS=({{string.Join(' ', words.Select(word => word.Length == 0 ? "''" : Shell.Quote(word)))}})
            _cogvideox
            echo $(printf '%s\n' "${COMPREPLY[@]}" | sort)
            """);
        CliRun run = await ProgramRun.OfShell(folder.Path, "exec /bin/bash try.sh");
        Assert.Equal((expected, ""), (run.Output.Trim(), run.Error));
    }

    private static RootCommand Root() => CommandLine.Create(new Terminal(TextWriter.Null, TextWriter.Null));

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);

    [GeneratedRegex("^```bash\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex BashBlock();

    [GeneratedRegex("(?<![a-z-])--[a-z][a-z-]*")]
    private static partial Regex OptionName();
}
