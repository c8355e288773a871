namespace CogVideoX.Compiler.Language;

/// <summary>Makes arrays in a thread's own memory.</summary>
public static class Local
{
    /// <summary>
    /// An array in .local memory, which any index may reach: slower than registers (it lies in the device's memory, behind the caches).
    /// One for each place where the C# calls this. Its contents are undefined until written.
    /// </summary>
    /// <param name="count">elements; constant once compiled</param>
    [DeviceIntrinsic(DeviceIntrinsic.LocalArray)]
    public static Local<T> Array<T>(int count)
        where T : unmanaged => throw new NotSupportedException("Local memory exists in GPU kernels only.");
}
