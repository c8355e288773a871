using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>What a device would refuse to launch (CUDA programming guide, compute capabilities).</summary>
internal static class LaunchLimits
{
    /// <summary>Of an H100: so many CTAs run at once at least, if each has a multiprocessor for itself.</summary>
    public const int Multiprocessors = 132;

    private const int ThreadsOfMultiprocessor = 2048;
    private const int MostCtasOfMultiprocessor = 32;
    private const int MostThreads = 1024;
    private const int MostCtas = 16;   // of a cluster
    private const long MostClusterBytes = 4L << 30;   // of the host

    /// <summary>What can be told from the request alone; the code isn't decoded yet.</summary>
    public static Fault? CheckShape(Launch launch)
    {
        Dim3 block = launch.Block, grid = launch.Grid, cluster = launch.ClusterShape;
        if (block.X is < 1 or > MostThreads || block.Y is < 1 or > MostThreads || block.Z is < 1 or > 64 || block.Count > MostThreads)
            return Fails($"a block of {block} threads: at most {MostThreads}, 64 in z");
        if (grid.X < 1 || grid.Y is < 1 or > 65535 || grid.Z is < 1 or > 65535 || grid.Count > int.MaxValue)
            return Fails($"a grid of {grid}");
        if (cluster.X is < 1 or > MostCtas || cluster.Y is < 1 or > MostCtas || cluster.Z is < 1 or > MostCtas || cluster.Count > MostCtas
            || grid.X % cluster.X != 0 || grid.Y % cluster.Y != 0 || grid.Z % cluster.Z != 0)
        {
            return Fails($"a grid of {grid} in clusters of {cluster}");
        }
        Dictionary<string, int[]> directives = launch.Code.Function.Directives;
        if (directives.TryGetValue("maxntid", out int[]? most) && block.Count > most.Aggregate(1L, (a, b) => a * b))
            return Fails($"a block of {block} threads, and .maxntid is {string.Join(", ", most)}");
        if (directives.TryGetValue("reqntid", out int[]? wanted) && wanted.Aggregate(1L, (a, b) => a * b) != block.Count)
            return Fails($"a block of {block} threads, and .reqntid is {string.Join(", ", wanted)}");
        return CheckCooperative(launch) ?? CheckSharedMemory(launch);
    }

    private static Fault? CheckCooperative(Launch launch)
    {
        long most = Multiprocessors * Math.Min(MostCtasOfMultiprocessor, ThreadsOfMultiprocessor / launch.Block.Count);
        return !launch.IsCooperative || launch.Grid.Count <= most ? null
            : Fails(
                $"a cooperative launch of {launch.Grid.Count} blocks of {launch.Block.Count} threads: "
                + $"an H100 runs at most {most} of these at once");
    }

    /// <summary>What the decoded code needs, beside registers.</summary>
    public static Fault? CheckNeeds(Launch launch) => CheckSharedMemory(launch) ?? CheckRoom(launch);

    private static Fault? CheckRoom(Launch launch)
    {
        long together = launch.IsCooperative ? launch.Grid.Count : launch.ClusterShape.Count, bytes = launch.CtaBytes * together;
        string what = launch.IsCooperative ? "a cooperative launch" : "a cluster";
        return bytes <= MostClusterBytes ? null
            : Fails($"the registers and local memory of {what} take {bytes} bytes here; the emulator has room for {MostClusterBytes}");
    }

    private static Fault? CheckSharedMemory(Launch launch)
    {
        long used = launch.SharedLayout.Used;
        return used <= launch.SharedMemoryLimit ? null
            : Fails(
                $"{used} bytes of shared memory, {launch.DynamicSharedBytes} of them dynamic; a CTA may have {launch.SharedMemoryLimit}");
    }

    /// <summary>Whether its registers are as many as it says that they are.</summary>
    public static Fault? CheckRegisters(PtxFunction function)
    {
        if (!function.Directives.TryGetValue("maxnreg", out int[]? most))
            return null;
        (int needed, int line) = RegisterPressure.Of(function);
        if (needed <= most[0])
            return null;
        return Fails($"{needed} registers are alive at once, and .maxnreg is {most[0]}") with { Line = line };
    }

    /// <summary>Most shared memory of a CTA, static and dynamic.</summary>
    public static int SharedMemory(string architecture)
    {
        return (Version(architecture) switch { 0 => 227, < 80 => 96, 80 or 87 => 163, 86 or 89 or >= 120 => 99, _ => 227 }) << 10;
    }

    /// <summary>The number of an architecture, such as 90 for sm_90a; 0 if it has none.</summary>
    public static int Version(string architecture) =>
        int.TryParse([.. architecture.Where(char.IsAsciiDigit)], out int version) ? version : 0;

    private static Fault Fails(string message) => new(FaultKind.Limit, message, 0, default, default, default, null, null);
}
