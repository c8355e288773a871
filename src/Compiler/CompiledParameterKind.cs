namespace CogVideoX.Compiler;

/// <summary>What a kernel's parameter holds.</summary>
public enum CompiledParameterKind
{
    /// <summary>Address in device memory.</summary>
    Pointer,

    /// <summary>An integer of the parameter's bytes.</summary>
    Integer,

    /// <summary>A floating-point number of the parameter's bytes.</summary>
    Float,

    /// <summary>A struct by value, laid out as .NET does: fields in order, each aligned to its size, the whole to the largest.</summary>
    Struct,

    /// <summary>Bytes that mean nothing to the kernel's code: a tensor map.</summary>
    Opaque,
}
