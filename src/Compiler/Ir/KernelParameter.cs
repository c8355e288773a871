namespace CogVideoX.Compiler.Ir;

/// <summary>A parameter of the kernel as PTX has it: a scalar, or opaque bytes (a tensor map).</summary>
/// <param name="Name">that of the C# parameter, with the field for structs: <c>x</c>, <c>x_length</c></param>
/// <param name="Type">of a scalar; a pointer is GlobalPtr</param>
/// <param name="OpaqueBytes">size if it is opaque, else zero</param>
internal sealed record KernelParameter(string Name, MemoryType Type, int OpaqueBytes = 0);
