namespace CogVideoX.Emulator.Device;

/// <summary>
/// Work of streams that is still to be done. Which stream goes on is drawn by chance, and which chances they have is drawn anew at each
/// wait: often one stream hangs far behind, as a small one beside a large one would.
/// </summary>
internal sealed class WorkQueue(int seed)
{
    private const int Chance = 4;      // one call in so many lets some work be done
    private const int MostAtOnce = 8;

    private readonly Random random = new(seed);
    private readonly List<EmulatedStream> streams = [];

    public void Add(EmulatedStream stream, StreamWork work)
    {
        if (stream.Work.Count == 0)
            streams.Add(stream);
        stream.Work.Enqueue(work);
    }

    /// <summary>Time passes: perhaps something gets done.</summary>
    public void Pass()
    {
        if (streams.Count > 0 && random.Next(Chance) == 0)
            Run(random.Next(1, MostAtOnce + 1), static () => false);
    }

    /// <summary>Does work until the condition holds, or there is none left.</summary>
    public void RunUntil(Func<bool> isDone) => Run(int.MaxValue, isDone);

    public void RunAll() => Run(int.MaxValue, static () => false);

    /// <summary>What is left won't be done.</summary>
    public void Drop()
    {
        foreach (EmulatedStream stream in streams)
            stream.Work.Clear();
        streams.Clear();
    }

    private void Run(int most, Func<bool> isDone)
    {
        bool isStrict = random.Next(2) == 0;   // the same stream as long as it can go on
        if (isStrict)
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(streams));
        for (int i = 0; i < most && streams.Count > 0 && !isDone(); i++)
        {
            int at = isStrict ? 0 : random.Next(streams.Count);
            // what a stream waits for was asked for earlier, so somebody can always go on
            while (!streams[at].Work.Peek().IsReady)
                at = (at + 1) % streams.Count;
            EmulatedStream stream = streams[at];
            StreamWork work = stream.Work.Dequeue();
            if (stream.Work.Count == 0)
                streams.RemoveAt(at);
            work.Run();
        }
    }
}

/// <summary>One thing that a stream does.</summary>
/// <param name="Run">does it</param> <param name="Event">what it waits for, or null</param>
/// <param name="Recording">which recording of the event</param>
internal sealed record StreamWork(Action Run, EmulatedEvent? Event = null, long Recording = 0)
{
    public bool IsReady => Event is null || Event.Reached >= Recording;
}
