using System.Globalization;

namespace CogVideoX.Compiler;

/// <summary>A place in C# source.</summary>
/// <param name="File">path as the symbols have it</param> <param name="Line">from 1</param> <param name="Column">from 1</param>
public sealed record SourceLine(string File, int Line, int Column)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}({Line},{Column})");
}
