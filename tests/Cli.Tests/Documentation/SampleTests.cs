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
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    public static TheoryData<string> Samples => [.. CSharpBlock().Matches(File.ReadAllText(Path.Combine(Golden.Root, "README.md"))).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void SampleOfTheReadmeCompiles(string sample)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        SyntaxTree tree = CSharpSyntaxTree.ParseText(sample, cancellationToken: cancellation), usings = CSharpSyntaxTree.ParseText(ImplicitUsings, cancellationToken: cancellation);
        bool isProgram = tree.GetRoot(cancellation).ChildNodes().OfType<GlobalStatementSyntax>().Any();
        var options = new CSharpCompilationOptions(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        using var assembly = new MemoryStream();
        Assert.Empty(CSharpCompilation.Create("Sample", [usings, tree], References, options).Emit(assembly, cancellationToken: cancellation).Diagnostics
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
    }

    [Fact]
    public void ReadmeHasTheSamplesOfALibraryAndOfAKernel()
    {
        Assert.Contains(Samples, row => row.Data.Contains("TextToVideo.Open", StringComparison.Ordinal));
        Assert.Contains(Samples, row => row.Data.Contains(": IKernel", StringComparison.Ordinal));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
