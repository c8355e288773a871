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
    private Knowledge complete = Knowledge.None;

    public Knowledge Complete => complete;

    public int LiveThreads => Ctas.Sum(c => c.LiveThreads);

    public void Arrive(int threads, Knowledge news)
    {
        gathered = gathered.Join(news);
        arrived += threads;
        CheckComplete();
    }

    /// <summary>Threads that left aren't waited for.</summary>
    public void CheckComplete()
    {
        if (arrived == 0 || arrived < LiveThreads) return;
        complete = gathered;
        gathered = Knowledge.None;
        arrived = 0;
        Phase++;
        Ctas[0].Launch.Progress++;
    }
}
