namespace CogVideoX.Compiler.Ir;

/// <summary>A struct that is a parameter by value.</summary>
/// <param name="Bytes">size</param> <param name="Alignment">in bytes</param> <param name="Pointers">where addresses lie in it, in bytes
/// from the beginning</param>
internal sealed record ParameterStruct(int Bytes, int Alignment, IReadOnlyList<int> Pointers);
