using System.Text.RegularExpressions;
using CogVideoX.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace CogVideoX.Cli.Tests.Documentation;

/// <summary>The C# of the README compiles as it is printed, in a project as the SDK makes it.</summary>
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

    [Fact]
    public void ReadmeHasTheSamplesOfALibraryAndOfAKernel()
    {
        Assert.Contains(Samples, row => row.Data.Contains("CogVideoXPipeline.Open", StringComparison.Ordinal));
        Assert.Contains(Samples, row => row.Data.Contains(": IKernel", StringComparison.Ordinal));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
