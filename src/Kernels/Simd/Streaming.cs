using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// Results too large to be found in a cache again are written past the caches: otherwise each line would first be read from
/// memory, a third of the traffic.
/// </summary>
internal static unsafe class Streaming
{
    private const long LeastBytes = 32L << 20;
    // 2 KiB: enough for memory's delay, and beyond a page's end, where the processor's own look-ahead stops
    private const int FloatsAhead = 512;
    private const int Alignment = 64; // the widest vector, and a cache line

    /// <summary>Whether a result of rows of <paramref name="width"/> floats, each begun at its first, is written past the caches.</summary>
    public static bool Suits(float* y, long width, long count) =>
        Sse.IsSupported && count * sizeof(float) >= LeastBytes && (nint)y % Alignment == 0 && width * sizeof(float) % Alignment == 0;

    /// <summary>Stores a vector, past the caches or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd, TVector>(TVector value, float* destination, bool streams)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        if (streams)
            TSimd.StoreNonTemporal(value, destination);
        else
            TSimd.Store(value, destination);
    }

    /// <summary>
    /// Asks for a number of the next row while this one is computed: memory would rest while a row goes through its later passes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Asks for what a loop that goes through an array from end to end will read soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchAhead(float* address) => Prefetch(address + FloatsAhead);

    /// <summary>At the end of an item: such stores aren't ordered with those that tell other threads of them.</summary>
    public static void End(bool streams)
    {
        if (streams)
            Sse.StoreFence();
    }
}
