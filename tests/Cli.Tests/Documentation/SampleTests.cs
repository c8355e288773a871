using System.Reflection;
using System.Text.RegularExpressions;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

namespace CogVideoX.Cli.Tests.Documentation;

/// <summary>
/// The C# of the README compiles as it is printed, in a project as the SDK makes it; the programs of samples/ say what can't be.
/// </summary>
public sealed partial class SampleTests
{
    // What ImplicitUsings stands for.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly string Readme = File.ReadAllText(Path.Combine(Golden.Root, "README.md"));

    public static TheoryData<string> Samples => [.. CSharpBlock().Matches(Readme).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void SampleOfTheReadmeCompiles(string sample)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        SyntaxTree tree = CSharpSyntaxTree.ParseText(sample, cancellationToken: cancellation);
        SyntaxTree usings = CSharpSyntaxTree.ParseText(ImplicitUsings, cancellationToken: cancellation);
        bool isProgram = tree.GetRoot(cancellation).ChildNodes().OfType<GlobalStatementSyntax>().Any();
        OutputKind kind = isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        var options = new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable);
        CSharpCompilation compilation = CSharpCompilation.Create("Sample", [usings, tree], References, options);
        Assert.Empty(compilation.GetDiagnostics(cancellation).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
    }

    // The programs of samples/: a sentence and an exit code, no trace.
    [Theory]
    [InlineData("TextToVideo", 2)]
    [InlineData("TextToVideo", 1, "MODEL", "a cat", "TAKEN")]
    [InlineData("TextToVideo", 1, "nowhere", "a cat", "NEW")]
    [InlineData("TextToVideo", 1, "", "a cat", "NEW")]
    [InlineData("TextToVideo", 1, "MODEL", "", "NEW")]
    [InlineData("ImageToVideo", 2, "MODEL")]
    [InlineData("ImageToVideo", 1, "IMAGE-MODEL", "PICTURE", "a cat", "TAKEN")]
    [InlineData("ImageToVideo", 1, "IMAGE-MODEL", "nowhere.png", "a cat", "NEW")]
    [InlineData("ImageToVideo", 1, "MODEL", "PICTURE", "a cat", "NEW")]
    [InlineData("VideoToVideo", 2, "MODEL", "nowhere.mp4", "a cat", "half", "NEW")]
    [InlineData("VideoToVideo", 1, "MODEL", "nowhere.mp4", "a cat", "0.5", "TAKEN")]
    [InlineData("VideoToVideo", 1, "MODEL", "nowhere.mp4", "a cat", "0.5", "NEW")]
    [InlineData("VideoToVideo", 1, "MODEL", "nowhere.mp4", "a cat", "0.01", "NEW")]
    public void SampleProgramSaysWhatCantBe(string name, int code, params string[] args)
    {
        using var folder = new TemporaryFolder();
        string taken = folder.File("taken.png");
        File.WriteAllText(taken, "precious");
        string[] given = [.. args.Select(arg => arg switch
        {
            "MODEL" => CliRun.Tiny,
            "IMAGE-MODEL" => Golden.Path("checkpoints/5b-i2v"),
            "PICTURE" => Golden.Path("pipeline/i2v-5b.png"),
            "TAKEN" => taken,
            "NEW" => folder.File("new.png"),
            _ => arg,
        })];
        Assert.Equal(code, MainOf(name).Invoke(null, [given]));
        Assert.Equal(["taken.png"], folder.Names);
        Assert.Equal("precious", File.ReadAllText(taken));
    }

    private static MethodInfo MainOf(string sample)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string program = File.ReadAllText(Path.Combine(Golden.Root, "samples", sample, "Program.cs"));
        SyntaxTree[] trees =
        [
            CSharpSyntaxTree.ParseText(ImplicitUsings, cancellationToken: cancellation),
            CSharpSyntaxTree.ParseText(program, cancellationToken: cancellation),
        ];
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable);
        using var made = new MemoryStream();
        EmitResult result = CSharpCompilation.Create(sample, trees, References, options).Emit(made, cancellationToken: cancellation);
        Assert.Empty(result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        return Assembly.Load(made.ToArray()).EntryPoint!;
    }

    [Fact]
    public void ReadmeHasTheSamplesOfALibraryAndOfAKernel()
    {
        Assert.Contains(Samples, row => row.Data.Contains("CogVideoXPipeline.Open", StringComparison.Ordinal));
        Assert.Contains(Samples, row => row.Data.Contains(": IKernel", StringComparison.Ordinal));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
