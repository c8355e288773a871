using System.Globalization;
using CogVideoX.Compiler.Frontend;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Diagnostics;

/// <summary>A thing that C# can say and a GPU kernel can't, with its number.</summary>
/// <param name="Number">never used again for something else</param>
/// <param name="Format">the message, with places for what <see cref="At"/> is given</param>
internal sealed record DiagnosticKind(string Number, string Format)
{
    /// <summary>The error at a place in the C#.</summary>
    public CompileException At(Location? location, params ReadOnlySpan<object?> arguments)
    {
        string message = string.Format(CultureInfo.InvariantCulture, Format, arguments);
        string method = location is null ? "" : $"{location.Method.DeclaringType?.Name}.{location.Method.Name}";
        return new CompileException(new Diagnostic(Number, message, SourceMap.Find(location), method));
    }
}
