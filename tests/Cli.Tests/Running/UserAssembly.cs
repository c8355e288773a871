using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace CogVideoX.Cli.Tests.Running;

/// <summary>Assemblies as users build them, with symbols beside them.</summary>
internal static class UserAssembly
{
    private static readonly MetadataReference[] Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles C# into a folder; returns the .dll's path.</summary>
    public static string Build(string folder, string name, string source, params string[] references)
    {
        const string Usings = "using CogVideoX.Compiler.Language;\n";
        string file = Path.Combine(folder, $"{name}.cs");
        File.WriteAllText(file, Usings + source);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(SourceText.From(Usings + source, Encoding.UTF8), path: file);
        CSharpCompilation compilation = CSharpCompilation.Create(
            name, [tree], [.. Platform, .. references.Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        string path = Path.Combine(folder, $"{name}.dll");
        using FileStream assembly = File.Create(path), symbols = File.Create(Path.ChangeExtension(path, ".pdb"));
        EmitResult result = compilation.Emit(
            assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return path;
    }

    /// <summary>Lets an assembly ask for a later .NET than there is.</summary>
    public static void MakeNewer(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        using var image = new PEReader(new MemoryStream(bytes));
        MetadataReader metadata = image.GetMetadataReader();
        AssemblyReferenceHandle runtime = metadata.AssemblyReferences.Single(
            r => metadata.GetString(metadata.GetAssemblyReference(r).Name) == "System.Runtime");
        int index = MetadataTokens.GetRowNumber(runtime) - 1;
        int row = metadata.GetTableMetadataOffset(TableIndex.AssemblyRef) + (index * metadata.GetTableRowSize(TableIndex.AssemblyRef));
        bytes[image.PEHeaders.MetadataStartOffset + row] = 99;   // a row begins with the major version
        File.WriteAllBytes(path, bytes);
    }
}
