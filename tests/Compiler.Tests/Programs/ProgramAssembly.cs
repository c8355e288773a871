using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>Compiles programs by the C# compiler, as an author's build does.</summary>
internal static class ProgramAssembly
{
    private static readonly MetadataReference[] References =
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Select(p => MetadataReference.CreateFromFile(p))];

    /// <summary>The programs P0, P1… of these seeds.</summary>
    public static Type[] Compile(IReadOnlyList<int> seeds, OptimizationLevel level)
    {
        SyntaxTree[] trees = [.. seeds.Select((seed, n) => CSharpSyntaxTree.ParseText(
            "using System; using System.Numerics; using System.Runtime.CompilerServices; namespace CogVideoX.Compiler.Tests.Programs;\n"
                + ProgramWriter.Write($"P{n}", seed), encoding: Encoding.UTF8))];
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: level, allowUnsafe: true, deterministic: true);
        var compilation = CSharpCompilation.Create($"Programs{seeds[0]}_{level}", trees, References, options);
        using var assembly = new MemoryStream();
        EmitResult result = compilation.Emit(assembly);
        if (!result.Success)
        {
            Microsoft.CodeAnalysis.Diagnostic error = result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error);
            throw new InvalidOperationException($"a generated program isn't C#: {error}\n{error.Location.SourceTree}");
        }
        assembly.Position = 0;
        var context = new AssemblyLoadContext(null, isCollectible: true);
        context.Resolving += (_, name) => AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == name.Name);
        Assembly loaded = context.LoadFromStream(assembly);
        return [.. seeds.Select((_, n) => loaded.GetType($"CogVideoX.Compiler.Tests.Programs.P{n}", throwOnError: true)!)];
    }
}
