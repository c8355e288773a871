using System.Diagnostics;

namespace CogVideoX.Kernels.Devices;

/// <summary>
/// Where operations run and tensors live. Work is done in the order in which it is given, and may be done later: copies out wait for it,
/// and so do <see cref="Wait"/> and <see cref="Synchronise"/>. Launching an operation allocates nothing on the managed heap.
/// </summary>
public abstract unsafe class Device : IDisposable
{
    /// <summary>Name for people, such as <c>cpu (2 threads)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Which of an operation's forms run here.</summary>
    public abstract DeviceKind Kind { get; }

    /// <summary>Where its memory is.</summary>
    public abstract MemoryPlace Place { get; }

    /// <summary>
    /// Whether stored weights must be copied into its memory to be computed with; otherwise they are read where they lie.
    /// </summary>
    public virtual bool HoldsWeights => Place == MemoryPlace.Device;

    /// <summary>
    /// Stops what runs here: a device that can looks at it within an operation, which then throws
    /// <see cref="OperationCanceledException"/>; its results mean nothing. Set it between operations.
    /// </summary>
    public virtual CancellationToken Cancellation { get; set; }

    /// <summary>Whether activations may be stored so: there are forms that read and write it.</summary>
    public abstract bool ComputesIn(ElementFormat format);

    /// <summary>Whether weights that are stored so are computed with as they are; otherwise they are widened on their way in.</summary>
    public virtual bool ReadsWeights(ElementFormat format) => true;

    /// <summary>Whether products take weights that are stored so, beside activations that are stored so.</summary>
    public virtual bool Multiplies(ElementFormat weights, ElementFormat activations) => ReadsWeights(weights);

    /// <summary>Memory of <paramref name="bytes"/> bytes, aligned to 64, contents undefined.</summary>
    /// <exception cref="OutOfMemoryException">The device has no such block.</exception>
    public abstract nint Allocate(long bytes);

    /// <summary>Gives back what <see cref="Allocate"/> returned.</summary>
    public abstract void Free(nint address);

    /// <summary>Copies from this process into the device's memory; the source may be used again at once.</summary>
    public abstract void CopyIn(void* source, nint target, long bytes);

    /// <summary>
    /// The same beside the device's other work, where it can: the copy waits for what was begun up to a mark, and work that is begun later
    /// goes on meanwhile, until <see cref="JoinCopies"/>.
    /// </summary>
    /// <param name="source">May be used again at once.</param>
    /// <param name="target">Where no work that is begun after the mark reads or writes before <see cref="JoinCopies"/>.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="after">Behind the last work with what lies at the target.</param>
    public virtual void CopyInBeside(void* source, nint target, long bytes, Mark after) => CopyIn(source, target, bytes);

    /// <summary>What is begun from here on waits for all copies of <see cref="CopyInBeside"/>.</summary>
    public virtual void JoinCopies() { }

    /// <summary>Copies from the device's memory, when all work before is done.</summary>
    public abstract void CopyOut(nint source, void* target, long bytes);

    /// <summary>Runs an operation in the form that fits this device: begins it, in order; it may end later.</summary>
    /// <param name="operation">What to run.</param>
    /// <param name="workspace">As much memory as it asks for (<see cref="IUsesWorkspace"/>), or 0.</param>
    public abstract void Run<TOperation>(in TOperation operation, nint workspace) where TOperation : struct, IOperation;

    /// <summary>Marks where the work stands now.</summary>
    public virtual Mark Mark() => new(Stopwatch.GetTimestamp());

    /// <summary>Returns when a mark is reached.</summary>
    public virtual void Wait(Mark mark) { }

    /// <summary>The time between two marks, as the device passed them; waits for the later one.</summary>
    public virtual TimeSpan Elapsed(Mark from, Mark to) => Stopwatch.GetElapsedTime(from.Value, to.Value);

    /// <summary>Returns when all work is done.</summary>
    public virtual void Synchronise() => Wait(Mark());

    /// <summary>Whether work can be recorded here, to be replayed as one piece.</summary>
    public virtual bool Records => false;

    /// <summary>
    /// Records what some work runs here, without running it: operations with their operands' addresses as they are now. Meanwhile no memory
    /// is asked for or given back, nothing is copied in or out, marked or waited for, and no kernel is used that hasn't run before.
    /// </summary>
    /// <param name="work">What it throws is thrown on; then nothing is recorded.</param>
    /// <exception cref="NotSupportedException">The device doesn't record (<see cref="Records"/>).</exception>
    /// <exception cref="InvalidOperationException">The work does what can't be recorded.</exception>
    public virtual Recording Record(Action work) => throw new NotSupportedException($"{Name} doesn't record.");

    /// <summary>Runs what was recorded, in order with all else: begins it; it may end later.</summary>
    /// <param name="recording">One of this device's.</param>
    public virtual void Replay(Recording recording) => throw new NotSupportedException($"{Name} doesn't record.");

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
