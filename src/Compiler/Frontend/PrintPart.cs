namespace CogVideoX.Compiler.Frontend;

/// <summary>A piece of what is printed, in C's format.</summary>
/// <param name="Argument">index of the argument that it prints; -1 for plain text</param> <param name="IsHexadecimal">prints bits</param>
internal readonly record struct PrintPart(string Text, int Argument, bool IsHexadecimal);
