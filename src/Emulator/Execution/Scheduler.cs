using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>Gives warps of the resident CTAs their turns until the grid is done or stuck.</summary>
internal sealed class Scheduler(Launch launch)
{
    /// <summary>How often every waiter may ask in vain before they count as stuck.</summary>
    private const int Patience = 3;

    /// <summary>Memory for CTAs at the same time, as long as a cluster fits.</summary>
    private const long RoomForCtas = 1L << 30;

    /// <summary>Warp instructions after which CTAs that don't end may wait for others that haven't begun.</summary>
    private const long LongWait = 50_000;

    private long mostResident = launch.IsCooperative ? launch.Grid.Count : Math.Clamp(
        RoomForCtas / launch.CtaBytes, launch.ClusterShape.Count, Math.Max(launch.Options.ResidentCtas, launch.ClusterShape.Count));

    private long executedAtChange;

    private readonly List<Warp> warps = [];
    private readonly List<Cluster> resident = [];
    private long nextCluster;
    private int vainRounds;
    private long vainProgress = -1;

    /// <summary>The warp whose instruction runs, for faults.</summary>
    public Warp? Running { get; private set; }

    public void Run()
    {
        while (Admit())
        {
            launch.Cancellation.ThrowIfCancellationRequested();
            bool ran = false;
            for (int i = 0, start = launch.Random.Next(warps.Count); i < warps.Count; i++)
                ran |= Turn(warps[(start + i) % warps.Count]);
            Retire();
            if (!ran && warps.Count > 0)
                Unstick();
        }
    }

    private bool Admit()
    {
        int perCluster = (int)launch.ClusterShape.Count;
        if (launch.Executed - executedAtChange > LongWait)
            AdmitMore();
        while (nextCluster < launch.SampledClusters && (resident.Count + 1) * perCluster <= mostResident)
        {
            Dim3 at = launch.ClusterGrid.At(launch.ClusterOfSample(nextCluster++));
            var cluster = new Cluster(at);
            for (int rank = 0; rank < perCluster; rank++)
            {
                Dim3 inside = launch.ClusterShape.At(rank), shape = launch.ClusterShape;
                var index = new Dim3(at.X * shape.X + inside.X, at.Y * shape.Y + inside.Y, at.Z * shape.Z + inside.Z);
                int number = (int)(index.X + (long)launch.Grid.X * (index.Y + (long)launch.Grid.Y * index.Z));
                cluster.Ctas.Add(new Cta(launch, cluster, number, index, rank));
            }
            resident.Add(cluster);
            foreach (Cta cta in cluster.Ctas)
                warps.AddRange(cta.Warps);
        }
        return warps.Count > 0;
    }

    private void AdmitMore()
    {
        executedAtChange = launch.Executed;
        long room = Math.Max(RoomForCtas / launch.CtaBytes, mostResident);
        mostResident = Math.Max(mostResident, Math.Min(2 * mostResident, Math.Min(room, LaunchLimits.Multiprocessors)));
    }

    private bool Turn(Warp warp)
    {
        if (warp.Pause > 0)
        {
            warp.Pause--;
            return true;
        }
        Strand? strand = Pick(warp);
        if (strand is null)
            return false;
        Running = warp;
        uint lanes = strand.Mask;
        int ran = WarpRunner.Run(warp, strand, launch.Options.Turn);
        launch.Executed += ran;
        LimitInstructions(warp, strand, warp.Count(lanes, ran));
        if (warp.Live == 0)
            AsyncLimits.CheckAtExit(warp);
        return true;
    }

    private void LimitInstructions(Warp warp, Strand strand, long ofThread)
    {
        LaunchOptions options = launch.Options;
        if (strand.Mask != 0 && ofThread > options.MaxThreadInstructions)
        {
            string text = $"more than {options.MaxThreadInstructions} instructions of a thread: {Spinning.Of(warp, strand)}";
            throw new FaultException(FaultKind.EndlessLoop, text) { Lane = int.TrailingZeroCount((int)strand.Mask) };
        }
        if (launch.Executed <= options.MaxLaunchInstructions)
            return;
        long waiting = (launch.SampledClusters - nextCluster) * launch.ClusterShape.Count;
        string notStarted = waiting == 0
            ? "" : $"; blocks that haven't started: {waiting}. Blocks that wait for all of a grid need a cooperative launch";
        throw new FaultException(
            FaultKind.EndlessLoop,
            $"more than {options.MaxLaunchInstructions} warp instructions of the launch: {Spinning.Of(warps)}{notStarted}");
    }

    private Strand? Pick(Warp warp)
    {
        int count = warp.Strands.Count;
        if (count == 0)
            return null;
        int start = count == 1 ? 0 : launch.Random.Next(count);
        for (int i = 0; i < count; i++)
        {
            Strand strand = warp.Strands[(start + i) % count];
            if (strand.CanResume is { } can && can())
            {
                strand.CanResume = null;
                strand.Waiting = null;
            }
            if (strand.Waiting is null)
                return strand;
        }
        return null;
    }

    private void Retire()
    {
        if (warps.RemoveAll(w => w.Live == 0) == 0)
            return;
        foreach (Cluster done in resident.FindAll(c => c.LiveThreads == 0))
        {
            foreach (Cta cta in done.Ctas)
                launch.Pending.FinishWhere(o => o.Warp.Cta == cta);
            foreach (Cta cta in done.Ctas)
                cta.MemoryBarriers.CheckAtExit();
            foreach (Cta cta in done.Ctas)
                launch.Workspaces.Give(cta);
            resident.Remove(done);
            executedAtChange = launch.Executed;
        }
    }

    /// <summary>Nobody can run: asynchronous work takes effect, then those who may give up waiting do, then it is a deadlock.</summary>
    private void Unstick()
    {
        if (launch.Pending.Any)
        {
            launch.Pending.FinishOne(launch.Random);
            launch.Progress++;
            return;
        }
        if (vainProgress != launch.Progress)
        {
            vainProgress = launch.Progress;
            vainRounds = 0;
        }
        List<Strand> patient = [.. warps.SelectMany(w => w.Strands).Where(s => s.MayGiveUp)];
        if (patient.Count > 0 && vainRounds++ < Patience)
        {
            foreach (Strand strand in patient)
            {
                strand.CanResume = null;
                strand.Waiting = null;
                strand.GaveUp = true;
            }
            return;
        }
        if (!LetParkedGo())
            throw Deadlock();
    }

    /// <summary>Whoever waits where the sides of a branch meet goes on alone: what the others wait for may be theirs to do.</summary>
    private bool LetParkedGo()
    {
        bool any = false;
        foreach (Warp warp in warps)
        {
            if (!warp.Strands.Exists(s => s.WarpNeeds != 0))
                any |= Strands.LetParkedGo(warp);
        }
        return any;
    }

    private FaultException Deadlock()
    {
        Warp warp = warps.Find(w => w.Strands.Exists(s => s.WarpNeeds != 0)) ?? warps[0];
        Strand strand = warp.Strands.Find(s => s.WarpNeeds != 0) ?? warp.Strands[0];
        Running = warp;
        warp.Strand = strand;
        var reasons = warps.SelectMany(w => w.Strands).GroupBy(s => s.Waiting?.ToString()).Select(g => $"{g.Count()} strands at {g.Key}");
        bool divergent = strand.WarpNeeds != 0;
        string text = divergent ? "a warp-wide instruction waits for lanes that never come to it" : "nobody can go on";
        return new FaultException(divergent ? FaultKind.Divergent : FaultKind.Deadlock, $"{text}: {string.Join("; ", reasons)}")
        {
            Lane = int.TrailingZeroCount((int)strand.Mask),
            Line = warp.Code.Instructions[strand.At].Line,
        };
    }
}
