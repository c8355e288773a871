using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Driver;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>A running grid: everything that its CTAs share.</summary>
internal sealed class Launch
{
    public required KernelCode Code { get; init; }

    public required SharedLayout SharedLayout { get; init; }

    public required KernelWorkspaces Workspaces { get; init; }

    /// <summary>Bytes that a CTA may have.</summary>
    public required int SharedMemoryLimit { get; init; }

    public required Dim3 Grid { get; init; }

    public required Dim3 Block { get; init; }

    public required Dim3 ClusterShape { get; init; }

    public required int DynamicSharedBytes { get; init; }

    /// <summary>All CTAs run at the same time.</summary>
    public required bool IsCooperative { get; init; }

    public required LaunchOptions Options { get; init; }

    /// <summary>Ends it between two turns.</summary>
    public required CancellationToken Cancellation { get; set; }

    public required ModuleMemory Memory { get; init; }

    public required GlobalMemory Globals { get; init; }

    public required ParameterBank Parameters { get; init; }

    public required Random Random { get; init; }

    public required MatrixRule MatrixRule { get; init; }

    public required Counters Counters { get; init; }

    /// <summary>Whether sectors and conflicts are counted, instruction by instruction.</summary>
    public required bool CountsDetails { get; init; }

    public PendingOperations Pending { get; } = new();

    public PrintedText Printed { get; } = new();

    public DeviceHeap Heap => Globals.Heap;

    /// <summary>What each fence.sc of the device's scope comes after.</summary>
    public VectorClock BeforeFences { get; set; } = VectorClock.Empty;

    /// <summary>Goes up with everything that could let a waiting thread go on.</summary>
    public long Progress { get; set; }

    public long Executed { get; set; }

    /// <summary>
    /// Bytes of the host that a CTA takes while it runs: registers and local memory of its threads, with what is known of each byte.
    /// </summary>
    public long CtaBytes =>
        (Block.Count + Warp.Lanes - 1) / Warp.Lanes * ((long)Code.SlotCount * Warp.SlotBytes + 2L * Code.Frame.Size * Warp.Lanes);

    /// <summary>Clusters that run.</summary>
    public long SampledClusters
    {
        get
        {
            long all = ClusterGrid.Count, perCluster = ClusterShape.Count;
            return Options.SampledCtas is { } some && !IsCooperative ? Math.Min(all, (some + perCluster - 1) / perCluster) : all;
        }
    }

    /// <summary>The number in the grid of the cluster that runs as so many-th: those in the middle of equal parts.</summary>
    public long ClusterOfSample(long index)
    {
        long all = ClusterGrid.Count, sampled = SampledClusters;
        return sampled == all ? index : (2 * index + 1) * all / (2 * sampled);
    }

    /// <summary>How it ended.</summary>
    public LaunchReport Report(Fault? fault, LaunchCounters counters, IReadOnlyDictionary<int, string> fileNames) =>
        new(fault, counters, fileNames)
        {
            Ctas = Grid.Count,
            SampledCtas = SampledClusters * ClusterShape.Count,
            Printed = Printed.Lines,
            DroppedPrints = Printed.Dropped,
        };

    public Dim3 ClusterGrid => new(Grid.X / ClusterShape.X, Grid.Y / ClusterShape.Y, Grid.Z / ClusterShape.Z);
}
