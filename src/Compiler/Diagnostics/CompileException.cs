namespace CogVideoX.Compiler;

/// <summary>A kernel that can't be compiled.</summary>
public sealed class CompileException(Diagnostic diagnostic) : Exception(diagnostic.ToString())
{
    public Diagnostic Diagnostic { get; } = diagnostic;
}
