namespace CogVideoX.Emulator;

/// <summary>An argument of a kernel.</summary>
public abstract record LaunchArgument
{
    private LaunchArgument() { }

    /// <summary>Pointer to a buffer of the launch.</summary>
    public sealed record Buffer(string Name) : LaunchArgument;

    /// <summary>A value, given as the bytes of the parameter.</summary>
    public sealed record Value(byte[] Bytes) : LaunchArgument;

    /// <summary>A struct by value: its bytes, with the addresses of buffers at some places in it.</summary>
    /// <param name="Bytes">as many as the parameter has; what stands where a pointer belongs doesn't matter</param>
    public sealed record Struct(byte[] Bytes, IReadOnlyList<StructPointer> Pointers) : LaunchArgument;

    /// <summary>A tensor map, as a 128-byte parameter.</summary>
    public sealed record Map(TensorMap Tensor) : LaunchArgument;
}

/// <summary>A pointer inside a struct that is a launch's argument.</summary>
/// <param name="Offset">bytes from the struct's beginning, a multiple of 8</param>
/// <param name="Buffer">name of the buffer that it points to</param>
public sealed record StructPointer(int Offset, string Buffer);
