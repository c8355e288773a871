namespace CogVideoX.Compiler.Language;

/// <summary>Two floats, read and written by one instruction.</summary>
[Aligned(8)]
public record struct Float2(float X, float Y);
