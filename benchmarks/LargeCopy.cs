using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Benchmarks;

/// <summary>A copy of arrays that no cache holds, in the two ways that are fast somewhere: the system's, and past the caches.</summary>
/// <param name="x">From here; aligned to 64 bytes.</param>
/// <param name="y">To here; aligned to 64 bytes.</param>
/// <param name="bytes">How many, a multiple of the items' 64.</param>
/// <param name="streams">Past the caches.</param>
internal readonly unsafe struct LargeCopy(byte* x, byte* y, long bytes, bool streams) : IParallelBody
{
    /// <summary>Runs it on a team: large pieces for the system's, which chooses by their size.</summary>
    public static void Run(CpuThreads team, byte* x, byte* y, long bytes, bool streams)
    {
        int items = streams ? 64 * team.Count : team.Count;
        if (bytes % (64 * items) != 0)
            throw new ArgumentException($"{bytes} bytes aren't {items} parts of whole cache lines.", nameof(bytes));
        team.For(items, new LargeCopy(x, y, bytes / items, streams));
    }

    public void Run(int item, CpuWorker worker)
    {
        if (streams)
            Stream(x + item * bytes, y + item * bytes, bytes);
        else
            NativeMemory.Copy(x + item * bytes, y + item * bytes, (nuint)bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stream(byte* x, byte* y, long bytes)
    {
        for (byte* end = x + bytes; x < end; x += 64, y += 64)
        {
            Vector256<byte> first = Vector256.Load(x), second = Vector256.Load(x + 32);
            first.StoreAlignedNonTemporal(y);
            second.StoreAlignedNonTemporal(y + 32);
        }
    }
}
