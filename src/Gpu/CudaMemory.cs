using System.Runtime.InteropServices;

namespace CogVideoX.Gpu;

/// <summary>How much memory of a card is free, by NVIDIA's management library, which needs no context for it.</summary>
internal static partial class CudaMemory
{
    private const string Library = "nvidia-ml";

    static CudaMemory() => NativeLibrary.SetDllImportResolver(typeof(CudaMemory).Assembly, (name, _, _) =>
        name == Library && NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1", out nint handle)
            ? handle
            : 0);

    /// <summary>Bytes; null where the library isn't there or doesn't say.</summary>
    public static long? FreeBytes(int index)
    {
        try
        {
            if (Init() != 0)
                return null;
            try
            {
                return GetHandle((uint)index, out nint device) == 0 && GetMemory(device, out Memory memory) == 0 ? (long)memory.Free : null;
            }
            finally
            {
                _ = Shutdown();
            }
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    private static partial int Init();

    [LibraryImport(Library, EntryPoint = "nvmlShutdown")]
    private static partial int Shutdown();

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int GetHandle(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int GetMemory(nint device, out Memory memory);

    // nvmlMemory_t: nvml.h
    private readonly struct Memory
    {
        public readonly ulong Total;
        public readonly ulong Free;
        public readonly ulong Used;
    }
}
