using System.Diagnostics;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Times the stages of a run, tells how far they are, and stops them when asked.</summary>
internal sealed class StageClock(Ops ops, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
{
    private readonly List<StageTime> times = [];
    private string stage = "";
    private long began;
    private DeviceMark mark;
    private int steps, before;

    /// <summary>A clock that nobody looks at and nobody stops: a plan's.</summary>
    public static StageClock Silent(Ops ops) => new(ops, progress: null, CancellationToken.None);

    public IReadOnlyList<StageTime> Times => times;

    public CancellationToken Cancellation => cancellation;

    /// <param name="next">The stage's name.</param>
    /// <param name="count">How many steps it has.</param>
    /// <param name="done">How many of them an earlier run did.</param>
    public void Begin(string next, int count, int done = 0)
    {
        (stage, steps, before) = (next, count, done);
        ops.Memory.ResetPeak();
        ops.TakeOperationTimes(); // those from between the stages belong to none
        began = Stopwatch.GetTimestamp();
        mark = ops.Mark();
        At(done);
    }

    /// <param name="done">Steps that are done, with the part of the one that runs.</param>
    /// <exception cref="OperationCanceledException">The run is to stop.</exception>
    public void At(double done)
    {
        cancellation.ThrowIfCancellationRequested();
        Tell(done);
    }

    /// <summary>The same where it is another's to stop.</summary>
    public void Tell(double done) =>
        progress?.Report(new GenerationProgress(stage, (int)(done + 1e-9), steps, done / steps, Stopwatch.GetElapsedTime(began))
        {
            Before = (double)before / steps,
        });

    /// <summary>Waits for the device, whose time counts.</summary>
    public void End() => times.Add(new StageTime(stage, ops.ElapsedSince(mark), ops.Memory.PeakBytes, ops.TakeOperationTimes()));
}
