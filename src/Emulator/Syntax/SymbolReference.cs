namespace CogVideoX.Emulator.Syntax;

/// <summary>The address of a variable or function, written into an initialiser.</summary>
/// <param name="Mask">which bits of it are wanted, moved down to bit 0; 0 for all</param>
internal readonly record struct SymbolReference(int At, int Bytes, string Name, long Addend, bool Generic, ulong Mask, int Line);
