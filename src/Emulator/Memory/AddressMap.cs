namespace CogVideoX.Emulator.Memory;

/// <summary>
/// Where things lie. Generic addresses of shared, local, param and const memory are their own address plus a window;
/// buffers stand far apart in global memory, so that no stray index of one reaches another.
/// </summary>
internal static class AddressMap
{
    public const ulong SharedWindow = 1UL << 32;
    public const ulong ParamWindow = 3UL << 32;
    public const ulong ConstWindow = 4UL << 32;
    private const ulong CodeWindow = 5UL << 32;

    public const int GlobalShift = 36;

    /// <summary>Most bytes of a buffer: behind it are addresses that belong to none.</summary>
    public const long MostGlobalBytes = 63L << 30;

    /// <summary>A shared::cluster address carries the CTA's rank plus one above these bits; without it, it is the CTA's own.</summary>
    public const int RankShift = 24;

    /// <summary>First shared address; below it nothing lies, so that a null pointer is found out.</summary>
    public const uint SharedBase = 1024;

    /// <summary>Address of a function, where calls through a register go; nothing can be read there.</summary>
    public static ulong OfFunction(int number) => CodeWindow + ((ulong)number + 1) * 16;

    /// <summary>A generic address of local memory has this bit, and above its window the thread that it belongs to.</summary>
    public const ulong LocalMark = 1UL << 62;

    private const int ThreadBits = 10;
    private const ulong CtaMask = (1UL << 62 - 32 - ThreadBits) - 1;

    /// <summary>
    /// First address from <paramref name="end"/> on that is as aligned as is asked for, and below 16 bytes no better: luck would hide
    /// faults.
    /// </summary>
    public static ulong Place(ulong end, int align)
    {
        ulong step = (ulong)Math.Max(align, 1);
        return step >= 16 ? (end + step - 1) & ~(step - 1) : ((end + step - 1) & ~(2 * step - 1)) + step;
    }

    /// <summary>The generic address of a thread's local memory: no other thread can reach it.</summary>
    public static ulong OfLocal(ulong address, int cta, int thread) =>
        LocalMark | ((((ulong)cta & CtaMask) << ThreadBits) | (uint)thread) << 32 | (uint)address;

    /// <summary>Whether a generic address of local memory is that thread's own.</summary>
    public static bool IsLocalOf(ulong generic, int cta, int thread) => generic >> 32 == OfLocal(0, cta, thread) >> 32;

    public static ulong Window(Syntax.StateSpace space) => space switch
    {
        Syntax.StateSpace.Shared or Syntax.StateSpace.SharedCluster => SharedWindow,
        Syntax.StateSpace.Param => ParamWindow,
        Syntax.StateSpace.Const => ConstWindow,
        _ => 0,
    };

    public static Syntax.StateSpace SpaceOf(ulong generic) => (generic >> 32) switch
    {
        >= LocalMark >> 32 and < LocalMark >> 31 => Syntax.StateSpace.Local,
        1 => Syntax.StateSpace.Shared,
        3 => Syntax.StateSpace.Param,
        4 => Syntax.StateSpace.Const,
        _ => Syntax.StateSpace.Global,
    };
}
