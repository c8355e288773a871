namespace CogVideoX.Compiler;

/// <summary>Why a kernel can't be compiled.</summary>
/// <param name="Number">CVX1001 and so on; docs/diagnostics.md lists them</param>
/// <param name="Message">what the C# asks for, and what would work</param>
/// <param name="Source">where in the C#, when symbols tell</param>
/// <param name="Method">the method it is in</param>
public sealed record Diagnostic(string Number, string Message, SourceLine? Source, string Method)
{
    /// <summary>file(line,column): error number: message — as compilers and editors write it.</summary>
    public override string ToString() => $"{Source?.ToString() ?? Method}: error {Number}: {Message}";
}
