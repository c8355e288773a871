namespace CogVideoX.Compiler.Language;

/// <summary>Four floats, read and written by one instruction.</summary>
[Aligned(16)]
public record struct Float4(float X, float Y, float Z, float W);
