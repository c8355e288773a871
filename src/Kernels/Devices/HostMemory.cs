using System.Runtime.InteropServices;

namespace CogVideoX.Kernels.Devices;

/// <summary>Native memory of this process, for the devices that compute in it.</summary>
internal static unsafe class HostMemory
{
    private const nuint Alignment = 64; // a cache line, and the widest vector

    public static nint Allocate(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);

    public static void Free(nint address) => NativeMemory.AlignedFree((void*)address);
}
