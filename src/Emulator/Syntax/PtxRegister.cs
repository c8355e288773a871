namespace CogVideoX.Emulator.Syntax;

/// <summary>A declared register; its number is unique in its function.</summary>
internal sealed record PtxRegister(string Name, PtxType Type, int Number);
