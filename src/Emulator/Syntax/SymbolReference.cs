namespace CogVideoX.Emulator.Syntax;

/// <summary>The address of a variable, written into an initialiser.</summary>
internal readonly record struct SymbolReference(int At, int Bytes, string Name, long Addend, bool Generic, int Line);
