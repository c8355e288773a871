namespace CogVideoX.Compiler;

/// <summary>A parameter of a compiled kernel, in the order of the launch.</summary>
/// <param name="Name">that of the C# constructor's parameter; of a view's length <c>x_length</c></param>
/// <param name="Kind">what it holds</param> <param name="Bytes">size</param>
public sealed record CompiledParameter(string Name, CompiledParameterKind Kind, int Bytes)
{
    /// <summary>In bytes.</summary>
    public int Alignment { get; init; } = Bytes;

    /// <summary>Where addresses in device memory lie in a struct, in bytes from its beginning; null if there are none.</summary>
    public IReadOnlyList<int>? Pointers { get; init; }
}
