namespace CogVideoX.Emulator.Memory;

/// <summary>
/// Where things lie. Generic addresses of shared, local, param and const memory are their own address plus a window;
/// buffers stand far apart in global memory, so that no stray index of one reaches another.
/// </summary>
internal static class AddressMap
{
    public const ulong SharedWindow = 1UL << 32;
    public const ulong LocalWindow = 2UL << 32;
    public const ulong ParamWindow = 3UL << 32;
    public const ulong ConstWindow = 4UL << 32;
    private const ulong CodeWindow = 5UL << 32;

    public const int GlobalShift = 36;

    /// <summary>A shared::cluster address carries the CTA's rank plus one above these bits; without it, it is the CTA's own.</summary>
    public const int RankShift = 24;

    /// <summary>First shared address; below it nothing lies, so that a null pointer is found out.</summary>
    public const uint SharedBase = 1024;

    /// <summary>Address of a function, where calls through a register go; nothing can be read there.</summary>
    public static ulong OfFunction(int number) => CodeWindow + ((ulong)number + 1) * 16;

    public static ulong Window(Syntax.StateSpace space) => space switch
    {
        Syntax.StateSpace.Shared or Syntax.StateSpace.SharedCluster => SharedWindow,
        Syntax.StateSpace.Local => LocalWindow,
        Syntax.StateSpace.Param => ParamWindow,
        Syntax.StateSpace.Const => ConstWindow,
        _ => 0,
    };

    public static Syntax.StateSpace SpaceOf(ulong generic) => (generic >> 32) switch
    {
        1 => Syntax.StateSpace.Shared,
        2 => Syntax.StateSpace.Local,
        3 => Syntax.StateSpace.Param,
        4 => Syntax.StateSpace.Const,
        _ => Syntax.StateSpace.Global,
    };
}
