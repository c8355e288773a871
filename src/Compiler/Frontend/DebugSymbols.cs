using System.Collections.Concurrent;
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

    /// <summary>Null if the module has no symbols that can be found.</summary>
    public static DebugSymbols? Open(Module module)
    {
        string path = module.Assembly.Location;
        if (path.Length == 0) return null;
        using var image = new PEReader(File.OpenRead(path));
        bool isFound = image.TryOpenAssociatedPortablePdb(path, pdb => File.Exists(pdb) ? new MemoryStream(File.ReadAllBytes(pdb)) : null, out var provider, out _);
        return isFound ? new DebugSymbols(provider!.GetMetadataReader()) : null;
    }

    /// <summary>The nearest statement that begins at or before the offset.</summary>
    public SourceLine? LineOf(MethodBase method, int offset)
    {
        SequencePoint? found = null;
        foreach (SequencePoint point in points.GetOrAdd(method.MetadataToken, PointsOf))
        {
            if (point.Offset > offset && found is not null) break;
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
            if (offset < scope.StartOffset || offset > scope.EndOffset) continue;
            foreach (LocalVariableHandle variable in scope.GetLocalVariables())
            {
                LocalVariable local = reader.GetLocalVariable(variable);
                if (local.Index == index) return reader.GetString(local.Name);
            }
        }
        return null;
    }

    private static MethodDebugInformationHandle DebugHandle(int token) =>
        ((MethodDefinitionHandle)MetadataTokens.Handle(token)).ToDebugInformationHandle();

    private SequencePoint[] PointsOf(int token) =>
        [.. reader.GetMethodDebugInformation(DebugHandle(token)).GetSequencePoints().Where(point => !point.IsHidden)];
}
