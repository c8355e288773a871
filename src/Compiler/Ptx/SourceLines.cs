using System.Globalization;
using CogVideoX.Compiler.Frontend;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>
/// .loc, and the C# as comments. A file is named as <see cref="SourceMap.NeutralName"/> has it.
/// </summary>
/// <param name="options">says what to write</param>
/// <param name="find">the C# line of a location; null asks the symbols</param>
internal sealed class SourceLines(CompileOptions options, Func<Location?, SourceLine?>? find = null)
{
    private readonly Func<Location?, SourceLine?> find = find ?? SourceMap.Find;
    private readonly Dictionary<Location, SourceLine?> known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> files = [];
    private readonly Dictionary<string, string[]> texts = [];
    private Location? lastLocation;
    private (string File, int Line) last;

    /// <summary>Names of the files with their numbers, as .file has them.</summary>
    public IEnumerable<string> FileDirectives()
    {
        foreach ((string file, int number) in files)
        {
            string name = file.Replace("\"", "\\\"", StringComparison.Ordinal);
            yield return string.Create(CultureInfo.InvariantCulture, $".file {number} \"{name}\"");
        }
    }

    /// <summary>Notes that what follows comes from here, if that is news.</summary>
    public void At(Location? location, PtxLines lines)
    {
        if (location is null || ReferenceEquals(location, lastLocation) || !(options.LineTable || options.ShowSource))
            return;
        lastLocation = location;
        if (!known.TryGetValue(location, out SourceLine? line))
            known.Add(location, line = find(location));
        if (line is null || last == (line.File, line.Line))
            return;
        last = (line.File, line.Line);
        string name = SourceMap.NeutralName(line.File);
        if (options.ShowSource)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"// {name}:{line.Line}{Text(line)}"));
        if (!options.LineTable)
            return;
        if (!files.TryGetValue(name, out int number))
            files.Add(name, number = files.Count + 1);
        lines.Add(string.Create(CultureInfo.InvariantCulture, $".loc {number} {line.Line} {line.Column}"));
    }

    private string Text(SourceLine line)
    {
        if (!texts.TryGetValue(line.File, out string[]? text))
            texts.Add(line.File, text = File.Exists(line.File) ? File.ReadAllLines(line.File) : []);
        return line.Line <= text.Length ? "  " + text[line.Line - 1].Trim() : "";
    }
}
