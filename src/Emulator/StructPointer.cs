namespace CogVideoX.Emulator;

/// <summary>A pointer inside a struct that is a launch's argument.</summary>
/// <param name="Offset">bytes from the struct's beginning, a multiple of 8</param>
/// <param name="Buffer">name of the buffer that it points to</param>
public sealed record StructPointer(int Offset, string Buffer);
