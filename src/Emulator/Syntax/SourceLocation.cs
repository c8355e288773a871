namespace CogVideoX.Emulator;

/// <summary>
/// Where .loc says that an instruction comes from (PTX ISA 11.6): the innermost line, and the line that it was inlined at.
/// </summary>
public readonly record struct SourceLocation(int File, int Line, int OuterFile, int OuterLine);
