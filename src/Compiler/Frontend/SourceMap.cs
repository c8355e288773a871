using System.Collections.Concurrent;
using System.Reflection;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Finds the C# line of IL, through the portable PDB of its assembly.</summary>
internal static class SourceMap
{
    private static readonly ConcurrentDictionary<Module, DebugSymbols?> Symbols = new();

    /// <summary>The line that a kernel's author would look at: the innermost one outside of this assembly. Null without symbols.</summary>
    public static SourceLine? Find(Location? location)
    {
        SourceLine? own = null;
        for (Location? frame = location; frame is not null; frame = frame.Caller)
        {
            if (LineOf(frame) is not { } line)
                continue;
            if (frame.Method.Module.Assembly != typeof(SourceMap).Assembly)
                return line;
            own ??= line;
        }
        return own;
    }

    /// <summary>Every frame from the innermost call out, with its line where symbols tell.</summary>
    public static IReadOnlyList<(MethodBase Method, SourceLine? Line)> Chain(Location? location)
    {
        var frames = new List<(MethodBase, SourceLine?)>();
        for (Location? frame = location; frame is not null; frame = frame.Caller)
            frames.Add((frame.Method, LineOf(frame)));
        return frames;
    }

    /// <summary>The C# name of a local variable at an IL offset.</summary>
    public static string? NameOfLocal(MethodBase method, int index, int offset) => SymbolsOf(method)?.NameOfLocal(method, index, offset);

    /// <summary>
    /// A file's path behind <c>/_/</c>, which is where deterministic builds map the repository to, or else its name alone: the same C#
    /// gives the same PTX wherever it is built.
    /// </summary>
    public static string NeutralName(string path)
    {
        string slashes = path.Replace('\\', '/');
        return slashes.StartsWith("/_/", StringComparison.Ordinal) ? slashes[3..] : slashes[(slashes.LastIndexOf('/') + 1)..];
    }

    private static SourceLine? LineOf(Location frame) => SymbolsOf(frame.Method)?.LineOf(frame.Method, frame.Offset);

    private static DebugSymbols? SymbolsOf(MethodBase method) => Symbols.GetOrAdd(method.Module, DebugSymbols.Open);
}
