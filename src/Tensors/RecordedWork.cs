using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>
/// Work that is the same each time but for what its operands hold: recorded once, replayed as often as it is needed, in one or several
/// parts that come in this order. What it makes lies in one block of memory, whose addresses are part of the recording.
/// </summary>
/// <remarks>
/// It goes through the work twice before the first replay: in a rehearsal, which runs nothing and finds what memory it takes, and to record
/// it. All of it must have run before as it is, since kernels are loaded by their first launch.
/// </remarks>
internal sealed class RecordedWork : IDisposable
{
    private readonly Ops ops;
    private readonly Action[] parts;
    private readonly Recording?[] recordings;
    private readonly double[] flops;
    private readonly PlacedTensors places = new();

    /// <summary>Rehearses work.</summary>
    /// <param name="ops">Where it computes, which records (<see cref="Ops.CanRecord"/>).</param>
    /// <param name="parts">
    /// Operations on tensors that last as long as this, and on what parts before made. They copy nothing in or out, and wait for nothing.
    /// </param>
    /// <exception cref="InvalidOperationException">The work does what can't be recorded, or leaves tensors behind.</exception>
    public RecordedWork(Ops ops, params Action[] parts)
    {
        this.ops = ops;
        this.parts = parts;
        recordings = new Recording?[parts.Length];
        flops = new double[parts.Length];
        ops.Rehearse(parts, places, flops);
    }

    /// <summary>Bytes of the block that it needs.</summary>
    public long Bytes => places.Bytes;

    /// <summary>How many launches were recorded.</summary>
    public int Launches => recordings.Sum(recording => recording?.Launches ?? 0);

    /// <summary>How many those of a part are.</summary>
    public int LaunchesOf(int part) => recordings[part]?.Launches ?? 0;

    /// <summary>Records it.</summary>
    /// <param name="block">
    /// Memory of <see cref="Bytes"/> bytes or more, which nothing else uses while a part runs, and which lives as long as this.
    /// </param>
    public void Record(Tensor block) => ops.Record(parts, places, block, recordings);

    /// <summary>Runs one of the parts.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Ops.Cancellation"/> was requested.</exception>
    public void Replay(int part) => ops.Replay(recordings[part], flops[part]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Recording? recording in recordings)
            recording?.Dispose();
    }
}
