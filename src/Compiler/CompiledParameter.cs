namespace CogVideoX.Compiler;

/// <summary>A parameter of a compiled kernel, in the order of the launch.</summary>
/// <param name="Name">that of the C# constructor's parameter, with the field for structs: <c>x</c>, <c>x_length</c></param>
/// <param name="Kind">what it holds</param> <param name="Bytes">size, which is also its alignment (64 for opaque ones)</param>
public sealed record CompiledParameter(string Name, CompiledParameterKind Kind, int Bytes);
