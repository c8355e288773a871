using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace CogVideoX.Compiler.Frontend;

/// <summary>A module's portable PDB: embedded in it, or a file beside it.</summary>
internal sealed class DebugSymbols
{
    private readonly MetadataReader reader;
    private readonly ConcurrentDictionary<int, SequencePoint[]> points = new();

    private DebugSymbols(MetadataReader reader) => this.reader = reader;

    /// <summary>
    /// Null if the module has no symbols that can be found. They are looked for where the module was loaded from, or else in the program's
    /// folder: a program in a single file has no assemblies there, but its .pdb files.
    /// </summary>
    public static DebugSymbols? Open(Module module)
    {
        string assembly = Place(module), symbols = Path.ChangeExtension(assembly, ".pdb");
        try
        {
            if (!File.Exists(assembly))
            {
                return Read(symbols) is { } alone
                    ? new DebugSymbols(MetadataReaderProvider.FromPortablePdbStream(alone).GetMetadataReader()) : null;
            }
            using var image = new PEReader(File.OpenRead(assembly));
            return IsOf(module, image) && image.TryOpenAssociatedPortablePdb(assembly, Read, out MetadataReaderProvider? provider, out _)
                ? new DebugSymbols(provider!.GetMetadataReader()) : null;
        }
        catch (BadImageFormatException)
        {
            return null; // damaged symbols are none
        }
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3002", Justification = "without a file of its own, the program's folder is looked in")]
    private static string Place(Module module) =>
        File.Exists(module.FullyQualifiedName) ? module.FullyQualifiedName : Path.Combine(AppContext.BaseDirectory, module.ScopeName);

    /// <summary>Whether the file is what was loaded, and not another build of it.</summary>
    private static bool IsOf(Module module, PEReader image)
    {
        MetadataReader metadata = image.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid) == module.ModuleVersionId;
    }

    /// <summary>The nearest statement that begins at or before the offset.</summary>
    public SourceLine? LineOf(MethodBase method, int offset)
    {
        SequencePoint? found = null;
        foreach (SequencePoint point in points.GetOrAdd(method.MetadataToken, PointsOf))
        {
            if (point.Offset > offset && found is not null)
                break;
            found = point;
        }
        return found is { } nearest
            ? new SourceLine(reader.GetString(reader.GetDocument(nearest.Document).Name), nearest.StartLine, nearest.StartColumn) : null;
    }

    public string? NameOfLocal(MethodBase method, int index, int offset)
    {
        foreach (LocalScopeHandle handle in reader.GetLocalScopes(DebugHandle(method.MetadataToken)))
        {
            LocalScope scope = reader.GetLocalScope(handle);
            if (offset < scope.StartOffset || offset > scope.EndOffset)
                continue;
            foreach (LocalVariableHandle variable in scope.GetLocalVariables())
            {
                LocalVariable local = reader.GetLocalVariable(variable);
                if (local.Index == index)
                    return reader.GetString(local.Name);
            }
        }
        return null;
    }

    private static MemoryStream? Read(string symbols) => File.Exists(symbols) ? new MemoryStream(File.ReadAllBytes(symbols)) : null;

    private static MethodDebugInformationHandle DebugHandle(int token) =>
        ((MethodDefinitionHandle)MetadataTokens.Handle(token)).ToDebugInformationHandle();

    private SequencePoint[] PointsOf(int token) =>
        [.. reader.GetMethodDebugInformation(DebugHandle(token)).GetSequencePoints().Where(point => !point.IsHidden)];
}
