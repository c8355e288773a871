namespace CogVideoX.Compiler.Ir;

/// <summary>A parameter of the kernel as PTX has it: a scalar, a struct by value, or opaque bytes (a tensor map).</summary>
/// <param name="Name">that of the C# parameter, with the field for structs: <c>x</c>, <c>x_length</c></param>
/// <param name="Type">of a scalar; a pointer is GlobalPtr</param>
/// <param name="OpaqueBytes">size if it is opaque, else zero</param>
/// <param name="Struct">layout of a struct, whose scalars are read one by one</param>
internal sealed record KernelParameter(string Name, MemoryType Type, int OpaqueBytes = 0, ParameterStruct? Struct = null)
{
    public int Bytes => OpaqueBytes > 0 ? OpaqueBytes : Struct?.Bytes ?? Type.Bytes;

    public int Alignment => OpaqueBytes > 0 ? OpaqueAlignment : Struct?.Alignment ?? Type.Bytes;

    /// <summary>Of a tensor map.</summary>
    private const int OpaqueAlignment = 64;
}

/// <summary>A struct that is a parameter by value.</summary>
/// <param name="Bytes">size</param> <param name="Alignment">in bytes</param> <param name="Pointers">where addresses lie in it, in bytes
/// from the beginning</param>
internal sealed record ParameterStruct(int Bytes, int Alignment, IReadOnlyList<int> Pointers);
