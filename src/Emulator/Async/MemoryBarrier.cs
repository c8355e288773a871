using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Async;

/// <summary>An mbarrier object (PTX ISA 9.7.13.15): arrivals and bytes of the running phase, and what its completion tells.</summary>
internal sealed class MemoryBarrier(Cta cta, Allocation at, long offset, int count, int initEntity, int initClock)
{
    private const int MostBytes = (1 << 20) - 1;

    private Knowledge gathered = Knowledge.None;
    private int expected = count;
    private int pending = count;
    private int bytes;

    public Cta Cta { get; } = cta;

    public Allocation At { get; } = at;

    public long Offset { get; } = offset;

    /// <summary>Number of the running phase, from 0.</summary>
    public int Phase { get; private set; }

    /// <summary>Entity that copies which complete here are booked on, with the phase plus one as clock.</summary>
    public int Entity { get; } = cta.NewEntities(1);

    public Knowledge Complete { get; private set; } = Knowledge.None;

    /// <summary>Thread and clock of a fence.mbarrier_init after the initialisation.</summary>
    private (int Entity, int Clock)? readyForAsync;

    public int Pending => pending;

    public int OutstandingBytes => bytes;

    public void Expect(int more)
    {
        bytes += more;
        if (Math.Abs((long)bytes) > MostBytes)
            throw new FaultException(FaultKind.Invalid, $"an mbarrier can't expect {bytes} bytes");
    }

    /// <summary>The running phase waits for one arrival more.</summary>
    public void AwaitOneMore() => pending++;

    public void Arrive(int arrivals, Knowledge news, bool drop)
    {
        if (arrivals > pending)
        {
            throw new FaultException(
                FaultKind.Asynchronous, $"an mbarrier gets more arrivals in a phase than its {expected}: the phase before isn't complete")
            { Address = At.Address + (ulong)Offset, Allocation = At.Name };
        }
        pending -= arrivals;
        if (drop)
            expected -= arrivals;
        gathered = gathered.Join(news);
        CheckComplete();
    }

    /// <summary>fence.mbarrier_init by a thread that knows of the initialisation (PTX ISA 9.7.13.4).</summary>
    public void FenceInit(Access access, int clock)
    {
        if (access.Knows(Cta.Number, initEntity, initClock))
            readyForAsync ??= (access.IssuerEntity + access.Lane, clock);
    }

    /// <summary>
    /// Asynchronous copies reach the object through another proxy: a fence must stand between its initialisation and them.
    /// </summary>
    public void RequireReadyForAsync(Access access)
    {
        bool fenced = readyForAsync is { } fence && access.Knows(Cta.Number, fence.Entity, fence.Clock);
        if (!fenced && !access.IsFenced(Cta.Number, initEntity, initClock))
        {
            throw Faults.At(
                FaultKind.Proxy, "an mbarrier used by an asynchronous copy with no fence.mbarrier_init after mbarrier.init", At, Offset,
                access.Lane);
        }
    }

    /// <summary>Bytes of a copy that was issued in a phase have arrived.</summary>
    public void Deliver(int count, int phase)
    {
        if (phase != Phase)
        {
            throw new FaultException(
                FaultKind.Asynchronous, "an mbarrier's phase completes before all its copies: it expects too few bytes")
            { Address = At.Address + (ulong)Offset, Allocation = At.Name };
        }
        bytes -= count;
        CheckComplete();
    }

    /// <summary>Whether the phase with that parity, the running one or the one before, is complete.</summary>
    public bool IsComplete(uint parity) => (Phase & 1) != (parity & 1);

    private void CheckComplete()
    {
        Cta.Launch.Progress++;
        if (pending != 0 || bytes != 0)
            return;
        Complete = gathered with { Seen = gathered.Seen.With(Cta.Number, Entity, 1, Phase + 1) };
        gathered = Knowledge.None;
        pending = expected;
        Phase++;
    }
}
