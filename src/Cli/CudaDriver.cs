using System.Runtime.InteropServices;

namespace CogVideoX.Cli;

/// <summary>NVIDIA's driver, looked for without loading anything else: most machines have none, and start no slower for that.</summary>
internal static class CudaDriver
{
    public static bool IsThere()
    {
        bool isThere = NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint handle);
        if (isThere)
            NativeLibrary.Free(handle);
        return isThere;
    }
}
