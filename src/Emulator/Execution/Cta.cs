using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>A block of threads with its shared memory and barriers.</summary>
internal sealed class Cta
{
    private const int Barriers = 16;

    private readonly CtaBarrier?[] barriers = new CtaBarrier[Barriers];
    private int entities;
    private Knowledge beforeEnd = Knowledge.None;

    public Cta(Launch launch, Cluster cluster, int number, Dim3 index, int rank)
    {
        Launch = launch;
        Cluster = cluster;
        Number = number;
        Index = index;
        Rank = rank;
        Shared = launch.Workspaces.TakeShared();
        MemoryBarriers = new MemoryBarrierTable(this);
        int threads = (int)launch.Block.Count;
        entities = (threads + Warp.Lanes - 1) / Warp.Lanes * Warp.Lanes;
        for (int first = 0; first < threads; first += Warp.Lanes)
        {
            int count = Math.Min(Warp.Lanes, threads - first);
            uint mask = count == Warp.Lanes ? ~0u : (1u << count) - 1;
            Warps.Add(new Warp(this, first / Warp.Lanes, mask, launch.Code, launch.Workspaces.TakeWarp()));
        }
        LiveThreads = threads;
        foreach (Warp warp in Warps)
            WarpStart.Fill(warp);
    }

    public Launch Launch { get; }

    public Cluster Cluster { get; }

    /// <summary>Linear index in the grid.</summary>
    public int Number { get; }

    public Dim3 Index { get; }

    /// <summary>%cluster_ctarank.</summary>
    public int Rank { get; }

    public List<Warp> Warps { get; } = [];

    public SharedMemory Shared { get; }

    public MemoryBarrierTable MemoryBarriers { get; }

    public WarpgroupTable Warpgroups { get; } = new();

    /// <summary>What each fence.sc of the CTA's threads comes after.</summary>
    public VectorClock BeforeFences { get; set; } = VectorClock.Empty;

    public int LiveThreads { get; private set; }

    /// <summary>Numbers for channels of asynchronous work, after those of the threads.</summary>
    public int NewEntities(int count)
    {
        int first = entities;
        entities += count;
        return first;
    }

    public bool IsInCluster(int cta) => Cluster.Ctas.Exists(c => c.Number == cta);

    public CtaBarrier Barrier(uint number) => number < Barriers
        ? barriers[number] ??= new CtaBarrier((int)number)
        : throw new FaultException(FaultKind.Invalid, $"there is no barrier {number}");

    public void CheckBarriers()
    {
        foreach (CtaBarrier? barrier in barriers)
            barrier?.CheckComplete(LiveThreads);
    }

    /// <summary>Something that happened before the CTA's end.</summary>
    public void LearnBeforeEnd(Knowledge news) => beforeEnd = beforeEnd.Join(news);

    /// <summary>Threads leave; barriers that wait for all of the CTA don't wait for them any more.</summary>
    public void Leave(int threads)
    {
        LiveThreads -= threads;
        if (LiveThreads == 0 && Cluster.Ctas.Count > 1)
            Shared.RequireNoForeignAccess(Number, beforeEnd.Seen);
        Launch.Progress++;
        if (LiveThreads > 0)
        {
            foreach (CtaBarrier? barrier in barriers)
            {
                if (barrier is { WaitsForAll: true })
                    barrier.CheckComplete(LiveThreads);
            }
        }
        Cluster.CheckComplete();
    }
}
