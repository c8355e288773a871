using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>CTAs that run at the same time and reach each other's shared memory (PTX ISA 2.2.2); often just one.</summary>
internal sealed class Cluster(Dim3 index)
{
    public Dim3 Index { get; } = index;

    public List<Cta> Ctas { get; } = [];

    /// <summary>barrier.cluster: number of the running phase.</summary>
    public int Phase { get; private set; }

    private int arrived;
    private Knowledge gathered = Knowledge.None;
    private Knowledge gatheredOrder = Knowledge.None;

    /// <summary>What arrivals with .release published.</summary>
    public Knowledge Complete { get; private set; } = Knowledge.None;

    /// <summary>What had been done before all arrivals, relaxed ones too: enough to know that a CTA may end.</summary>
    public Knowledge CompleteOrder { get; private set; } = Knowledge.None;

    /// <summary>What each fence.sc of the cluster's scope comes after.</summary>
    public VectorClock BeforeFences { get; set; } = VectorClock.Empty;

    public int LiveThreads => Ctas.Sum(c => c.LiveThreads);

    public void Arrive(int threads, Knowledge news, bool relaxed)
    {
        if (!relaxed)
            gathered = gathered.Join(news);
        gatheredOrder = gatheredOrder.Join(news);
        arrived += threads;
        CheckComplete();
    }

    /// <summary>Threads that left aren't waited for.</summary>
    public void CheckComplete()
    {
        if (arrived == 0 || arrived < LiveThreads)
            return;
        (Complete, gathered) = (gathered, Knowledge.None);
        (CompleteOrder, gatheredOrder) = (gatheredOrder, Knowledge.None);
        arrived = 0;
        Phase++;
        Ctas[0].Launch.Progress++;
    }
}
