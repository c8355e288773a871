using System.Runtime.InteropServices;

namespace CogVideoX.Kernels.Devices;

/// <summary>Native memory of this process, for the devices that compute in it.</summary>
internal static unsafe class HostMemory
{
    /// <summary>
    /// Large blocks begin at such an address, and Linux is asked for pages of this size: of small ones a product touches more at a time
    /// than a core can look up quickly. It is an advice; without it everything works, more slowly.
    /// </summary>
    public const int HugePage = 2 << 20;

    private const nuint Alignment = 64; // a cache line, and the widest vector
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE of <sys/mman.h>

    private static readonly delegate* unmanaged<void*, nuint, int, int> Advise = FindAdvise();

    public static nint Allocate(long bytes)
    {
        if (bytes < HugePage || Advise is null)
            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        void* block = NativeMemory.AlignedAlloc((nuint)bytes, HugePage);
        Advise(block, (nuint)bytes, AdviseHugePages);
        return (nint)block;
    }

    public static void Free(nint address) => NativeMemory.AlignedFree((void*)address);

    private static delegate* unmanaged<void*, nuint, int, int> FindAdvise() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "madvise", out nint found)
            ? (delegate* unmanaged<void*, nuint, int, int>)found
            : null;
}
