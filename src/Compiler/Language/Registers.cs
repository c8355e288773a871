namespace CogVideoX.Compiler.Language;

/// <summary>Makes arrays in registers.</summary>
public static class Registers
{
    /// <summary>An array of zeros.</summary>
    /// <param name="count">elements; constant once compiled</param>
    [DeviceIntrinsic(DeviceIntrinsic.Registers)]
    public static Registers<T> Of<T>(int count)
        where T : unmanaged => throw new NotSupportedException("Registers exist in GPU kernels only.");
}
