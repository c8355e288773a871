using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>What a device would refuse to launch (CUDA programming guide, compute capabilities).</summary>
internal static class LaunchLimits
{
    private const int MostThreads = 1024;

    public static Fault? Check(PtxModule module, Launch launch)
    {
        Dim3 block = launch.Block, grid = launch.Grid, cluster = launch.ClusterShape;
        if (block.X < 1 || block.Y < 1 || block.Z is < 1 or > 64 || block.Count > MostThreads)
            return Fails($"a block of {block} threads: at most {MostThreads}, 64 in z");
        if (grid.X < 1 || grid.Y is < 1 or > 65535 || grid.Z is < 1 or > 65535 || grid.Count > int.MaxValue) return Fails($"a grid of {grid}");
        if (cluster.Count is < 1 or > 16 || grid.X % cluster.X != 0 || grid.Y % cluster.Y != 0 || grid.Z % cluster.Z != 0)
            return Fails($"a grid of {grid} in clusters of {cluster}");
        Dictionary<string, int[]> directives = launch.Code.Function.Directives;
        if (directives.TryGetValue("maxntid", out int[]? most) && block.Count > most.Aggregate(1L, (a, b) => a * b))
            return Fails($"a block of {block} threads, and .maxntid is {string.Join(", ", most)}");
        if (directives.TryGetValue("reqntid", out int[]? wanted) && wanted.Aggregate(1L, (a, b) => a * b) != block.Count)
            return Fails($"a block of {block} threads, and .reqntid is {string.Join(", ", wanted)}");
        if (Registers(launch.Code.Function) is { } tooMany) return tooMany;
        int limit = launch.Options.SharedMemoryLimit ?? SharedMemory(launch.Options.Architecture ?? module.Targets.FirstOrDefault() ?? "");
        return launch.SharedLayout.Used > limit ? Fails($"{launch.SharedLayout.Used} bytes of shared memory; a CTA may have {limit}") : null;
    }

    private static Fault? Registers(PtxFunction function)
    {
        if (!function.Directives.TryGetValue("maxnreg", out int[]? most)) return null;
        (int needed, int line) = RegisterPressure.Of(function);
        if (needed <= most[0]) return null;
        return Fails($"{needed} registers are alive at once, and .maxnreg is {most[0]}") with { Line = line };
    }

    private static int SharedMemory(string architecture)
    {
        string digits = new([.. architecture.Where(char.IsAsciiDigit)]);
        return int.TryParse(digits, out int version) ? version switch { < 80 => 96, 80 or 87 => 163, 86 or 89 or >= 120 => 99, _ => 227 } << 10 : 227 << 10;
    }

    private static Fault Fails(string message) => new(FaultKind.Limit, message, 0, default, default, default, null, null);
}
