using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Ilgpu;

/// <summary>What ILGPU's binding of the driver lacks.</summary>
internal static partial class CudaFunctions
{
    private const string Library = "cuda-driver"; // whose file has another name on each system
    private const int MaxDynamicSharedBytes = 8; // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES

    static CudaFunctions() => NativeLibrary.SetDllImportResolver(typeof(CudaFunctions).Assembly, (name, _, _) =>
        name == Library && TryLoad(out nint handle) ? handle : 0);

    /// <summary>Lets a function's blocks have more shared memory than 48 KB.</summary>
    public static CudaError AllowDynamicShared(nint function, int bytes) => SetAttribute(function, MaxDynamicSharedBytes, bytes);

    /// <summary>Work that a stream is given from here on waits for an event.</summary>
    public static CudaError Wait(nint stream, nint mark) => StreamWaitEvent(stream, mark, flags: 0);

    [LibraryImport(Library, EntryPoint = "cuStreamWaitEvent")]
    private static partial CudaError StreamWaitEvent(nint stream, nint mark, uint flags);

    /// <summary>A log as ILGPU hands it out, without what lies behind its end.</summary>
    public static string LogText(string? log) => log?.Split('\0')[0].Trim() ?? "";

    private static bool TryLoad(out nint handle) =>
        NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out handle);

    [LibraryImport(Library, EntryPoint = "cuFuncSetAttribute")]
    private static partial CudaError SetAttribute(nint function, int attribute, int value);
}
