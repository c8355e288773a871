namespace CogVideoX.Emulator;

/// <summary>An argument of a kernel.</summary>
public abstract record LaunchArgument
{
    private LaunchArgument() { }

    /// <summary>Pointer to a buffer of the launch.</summary>
    public sealed record Buffer(string Name) : LaunchArgument;

    /// <summary>A value, given as the bytes of the parameter.</summary>
    public sealed record Value(byte[] Bytes) : LaunchArgument;

    /// <summary>A tensor map, as a 128-byte parameter.</summary>
    public sealed record Map(TensorMap Tensor) : LaunchArgument;
}
