using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Testing;

/// <summary>
/// A device with a memory of its own, in which nobody may look, and which works later: what it is told is done in order when someone
/// waits for it. It is planned as cards are, and computes with the CPU's forms. Whatever runs on it reads no results in place and waits
/// where it must. Copies beside that work are done as late as they may be, or as early: a wait that is missing shows in the results.
/// </summary>
/// <param name="copiesEarly">When copies beside other work are done.</param>
public sealed unsafe class ApartDevice(bool copiesEarly = false) : Device
{
    private readonly CpuDevice inner = new(2);
    private readonly Queue<Action> work = [];
    private readonly Queue<Upload> copies = [];
    private long begun, done, copiesBegun, copiesDone;

    /// <inheritdoc/>
    public override string Name => "apart";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Ilgpu;

    /// <inheritdoc/>
    public override MemoryPlace Place => MemoryPlace.Device;

    /// <summary>Bytes that were copied beside other work, or will be.</summary>
    public long BytesBeside { get; private set; }

    /// <summary>Those of them, where copies are done early, that were copied before work which had begun before them was done.</summary>
    public long BytesAhead { get; private set; }

    /// <summary>How much work was given and isn't done.</summary>
    public int Waiting => work.Count;

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) => inner.ComputesIn(format);

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => inner.Allocate(bytes);

    /// <inheritdoc/>
    public override void Free(nint address)
    {
        Synchronise();
        inner.Free(address);
    }

    /// <inheritdoc/>
    public override void CopyIn(void* source, nint target, long bytes)
    {
        byte[] copy = new ReadOnlySpan<byte>(source, checked((int)bytes)).ToArray();
        Begin(() => copy.CopyTo(new Span<byte>((void*)target, copy.Length)));
    }

    /// <inheritdoc/>
    public override void CopyInBeside(void* source, nint target, long bytes, Mark after)
    {
        byte[] copy = new ReadOnlySpan<byte>(source, checked((int)bytes)).ToArray();
        copies.Enqueue(new Upload(after.Value, begun, bytes, () => copy.CopyTo(new Span<byte>((void*)target, copy.Length))));
        copiesBegun++;
        BytesBeside += bytes;
        if (copiesEarly)
            CopyWhatMay();
    }

    /// <inheritdoc/>
    public override void JoinCopies()
    {
        long count = copiesBegun;
        Begin(() =>
        {
            for (; copiesDone < count; copiesDone++)
                copies.Dequeue().Copy();
        });
    }

    /// <inheritdoc/>
    public override void CopyOut(nint source, void* target, long bytes)
    {
        Synchronise();
        inner.CopyOut(source, target, bytes);
    }

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        TOperation later = operation;
        Begin(() => RunHere(later));
    }

    // What the CPU's forms need beside operands isn't what those of the kind need that it is planned as.
    private void RunHere<TOperation>(TOperation operation) where TOperation : struct, IOperation
    {
        long bytes = operation is IUsesWorkspace uses ? uses.WorkspaceBytes(inner.Kind) : 0;
        nint workspace = bytes == 0 ? 0 : inner.Allocate(bytes);
        inner.Run(operation, workspace);
        inner.Free(workspace);
    }

    /// <inheritdoc/>
    public override Mark Mark() => new(begun);

    /// <inheritdoc/>
    public override void Wait(Mark mark)
    {
        while (done < mark.Value)
        {
            work.Dequeue()();
            done++;
            if (copiesEarly)
                CopyWhatMay();
        }
    }

    /// <summary>Nothing is measured: the work done between two marks, a tick each.</summary>
    public override TimeSpan Elapsed(Mark from, Mark to)
    {
        Wait(to);
        return TimeSpan.FromTicks(to.Value - from.Value);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        work.Clear();
        copies.Clear();
        inner.Dispose();
        base.Dispose();
    }

    private void CopyWhatMay()
    {
        for (; copies.TryPeek(out Upload? next) && next.After <= done; copiesDone++)
        {
            copies.Dequeue().Copy();
            BytesAhead += done < next.Before ? next.Bytes : 0;
        }
    }

    private void Begin(Action action)
    {
        begun++;
        work.Enqueue(action);
    }

    /// <param name="After">What it waits for: so much work is done.</param>
    /// <param name="Before">How much had begun when it was asked for.</param>
    /// <param name="Bytes">How many.</param>
    /// <param name="Copy">Does it.</param>
    private sealed record Upload(long After, long Before, long Bytes, Action Copy);
}
