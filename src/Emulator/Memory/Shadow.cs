using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Memory;

/// <summary>
/// Finds races, reads of nothing, asynchronous data used too early and missing proxy fences in one allocation.
/// Judged by happens-before (FastTrack, Flanagan and Freund 2009, with a read mask a warp), not by the order that happened to run.
/// Cells cover 4 bytes until somebody touches fewer.
/// </summary>
internal sealed class Shadow(long size, int initialOwner)
{
    private const int PageCells = 1024;

    private readonly List<List<ReadRecord>> more = [];
    private Cell[]?[] pages = new Cell[(size + 3) / 4 / PageCells + 1][];
    private int shift = 2;

    public void Read(Allocation at, long offset, int bytes, Access access)
    {
        if (CutsCell(offset, bytes)) Split(offset, bytes);
        long last = offset + bytes - 1 >> shift;
        for (long i = offset >> shift; i <= last; i++) Read(ref CellAt(i), access, at, i << shift);
    }

    /// <summary>A write; <paramref name="value"/> is what it will put there, to tell a harmless one from a race within an instruction.</summary>
    public unsafe void Write(Allocation at, long offset, int bytes, Access access, byte* value)
    {
        if (CutsCell(offset, bytes)) Split(offset, bytes);
        long last = offset + bytes - 1 >> shift;
        for (long i = offset >> shift; i <= last; i++)
        {
            byte* piece = value is null ? null : value + ((i << shift) - offset);
            Write(ref CellAt(i), access, at, i << shift, piece);
        }
    }

    /// <summary>32 neighbouring words, one a lane, in the usual state: nobody to quarrel with. False asks for the thorough way.</summary>
    public bool TryReadRow(long offset, Access a, Knowledge[] knowledge, Allocation at)
    {
        long first = offset >> 2;
        if (shift != 2 || first % PageCells > PageCells - Warp.Lanes) return false;
        ref Cell[]? page = ref pages[first / PageCells];
        page ??= NewPage();
        Span<Cell> cells = page.AsSpan((int)(first % PageCells), Warp.Lanes);
        int info = a.Info, cta = a.Cta, entity = a.Entity, clock = a.Clock;
        for (int lane = 0; lane < cells.Length; lane++)
        {
            ref Cell cell = ref cells[lane];
            uint bit = 1u << lane;
            bool mine = cell.WriteCta == cta && cell.WriteEntity == entity + lane;
            bool sameReader = cell.ReadMask == bit && cell.ReadEntity == entity && cell.ReadCta == cta;
            if ((cell.WriteCta == Cell.Host || mine) && (cell.ReadMask == 0 || sameReader))
            {
                (cell.ReadCta, cell.ReadEntity, cell.ReadClock, cell.ReadInfo, cell.ReadMask) = (cta, entity, clock, info, bit);
                continue;
            }
            a.Lane = lane;
            a.Mask = a.IssuerMask = bit;
            a.Knowledge = knowledge[lane];
            Read(ref cell, a, at, first + lane << 2);
        }
        return true;
    }

    /// <summary>As <see cref="TryReadRow"/>, for a write.</summary>
    public unsafe bool TryWriteRow(long offset, Access a, Knowledge[] knowledge, Allocation at)
    {
        long first = offset >> 2;
        if (shift != 2 || first % PageCells > PageCells - Warp.Lanes) return false;
        ref Cell[]? page = ref pages[first / PageCells];
        page ??= NewPage();
        Span<Cell> cells = page.AsSpan((int)(first % PageCells), Warp.Lanes);
        int info = a.Info, cta = a.Cta, entity = a.Entity, clock = a.Clock;
        for (int lane = 0; lane < cells.Length; lane++)
        {
            ref Cell cell = ref cells[lane];
            bool mine = cell.WriteCta < 0 || (cell.WriteCta == cta && cell.WriteEntity == entity + lane && (cell.WriteInfo >> 4 & 15) == 0);
            bool myRead = cell.ReadMask == 0
                || (cell.ReadMask == 1u << lane && cell.ReadEntity == entity && cell.ReadCta == cta && cell.MoreReads == 0);
            if (mine && myRead)
            {
                (cell.WriteCta, cell.WriteEntity, cell.WriteClock, cell.WriteInfo, cell.ReadMask) = (cta, entity + lane, clock, info, 0);
                continue;
            }
            a.Lane = lane;
            a.Mask = a.IssuerMask = 1u << lane;
            a.Knowledge = knowledge[lane];
            Write(ref cell, a, at, first + lane << 2, null);
        }
        return true;
    }

    /// <summary>Whether everything there has been written and the writes happened before; makes no record of a read.</summary>
    public void RequireKnown(Allocation at, long offset, int bytes, Access access, string what)
    {
        if (CutsCell(offset, bytes)) Split(offset, bytes);
        for (long i = offset >> shift; i <= offset + bytes - 1 >> shift; i++)
        {
            ref Cell cell = ref CellAt(i);
            if (cell.WriteCta == Cell.Never) throw Faults.Uninitialized(what, at, i << shift, access);
            if (!access.Knows(cell.WriteCta, cell.WriteEntity, cell.WriteClock))
                throw Faults.Conflict(at, i << shift, access, isWrite: false, cell, null);
        }
    }

    /// <summary>Faults if another CTA has accessed the memory and that isn't known to have happened before.</summary>
    public void RequireNoForeignAccess(Allocation at, int cta, VectorClock known)
    {
        for (int p = 0; p < pages.Length; p++)
        {
            if (pages[p] is not { } page) continue;
            for (int i = 0; i < PageCells; i++)
            {
                Cell cell = page[i];
                bool write = cell.WriteCta >= 0 && cell.WriteCta != cta && known.Get(cell.WriteCta, cell.WriteEntity) < cell.WriteClock;
                bool read = cell.ReadMask != 0 && cell.ReadCta != cta && !IsKnown(known, cell);
                if (write || read)
                    throw Faults.At(FaultKind.Race, "the CTA ends, and nothing makes sure that its cluster's accesses to its shared memory come before",
                        at, ((long)p * PageCells) + i << shift, 0);
            }
        }
    }

    private static bool IsKnown(VectorClock known, Cell cell)
    {
        for (uint rest = cell.ReadMask; rest != 0; rest &= rest - 1)
            if (known.Get(cell.ReadCta, cell.ReadEntity + int.TrailingZeroCount((int)rest)) < cell.ReadClock) return false;
        return true;
    }

    /// <summary>The bytes count as never written again.</summary>
    public void Forget(long offset, int bytes)
    {
        for (long i = offset >> shift; i <= offset + bytes - 1 >> shift; i++) CellAt(i) = new Cell { WriteCta = Cell.Never };
    }

    private bool CutsCell(long offset, int bytes) => ((offset | (uint)bytes) & ((1L << shift) - 1)) != 0;

    private ref Cell CellAt(long index)
    {
        ref Cell[]? page = ref pages[index / PageCells];
        page ??= NewPage();
        return ref page[index % PageCells];
    }

    private Cell[] NewPage()
    {
        var page = new Cell[PageCells];
        Array.Fill(page, new Cell { WriteCta = initialOwner });
        return page;
    }

    private void Read(ref Cell cell, Access a, Allocation at, long offset)
    {
        if (cell.WriteCta != Cell.Host) CheckWrite(ref cell, a, at, offset, isWrite: false);
        if (cell.ReadClock == a.Clock && cell.ReadEntity == a.Entity && cell.ReadCta == a.EntityCta && cell.ReadMask != 0)
            cell.ReadMask |= a.Mask;
        else RecordRead(ref cell, a);
        if (a.Scope == Scope.Weak || cell.ReadInfo == 0) cell.ReadInfo = a.Info;
    }

    private static void CheckWrite(ref Cell cell, Access a, Allocation at, long offset, bool isWrite)
    {
        if (cell.WriteCta == Cell.Never && !isWrite) throw Faults.Uninitialized("read before any write", at, offset, a);
        if (!a.Knows(cell.WriteCta, cell.WriteEntity, cell.WriteClock) && !BothStrong(cell.WriteInfo, cell.WriteCta, a))
            throw Faults.Conflict(at, offset, a, isWrite, cell, null);
        if ((Actor)(cell.WriteInfo >> 4 & 15) == Actor.Barrier && a.Actor != Actor.Barrier)
            throw Faults.At(FaultKind.Invalid, "a live mbarrier is touched by something else than mbarrier instructions", at, offset, a.Lane);
        bool generic = (Actor)(cell.WriteInfo >> 4 & 15) <= Actor.CopyAsync;
        if (a.IsAsyncProxy && generic && !a.IsFenced(cell.WriteCta, cell.WriteEntity, cell.WriteClock))
            throw Faults.Proxy(at, offset, a, cell.WriteInfo >> 8);
    }

    private void RecordRead(ref Cell cell, Access a)
    {
        bool sameWarp = cell.ReadCta == a.EntityCta && cell.ReadEntity == a.Entity;
        // a thread's later read stands for its earlier ones: whoever is ordered after it is ordered after them
        uint left = sameWarp ? cell.ReadMask & ~a.Mask : cell.ReadMask;
        if (left != 0 && !a.KnowsAll(cell.ReadCta, cell.ReadEntity, left, cell.ReadClock))
        {
            if (cell.MoreReads == 0) { more.Add([]); cell.MoreReads = more.Count; }
            List<ReadRecord> list = more[cell.MoreReads - 1];
            list.Add(new ReadRecord { Cta = cell.ReadCta, Entity = cell.ReadEntity, Clock = cell.ReadClock, Info = cell.ReadInfo, Mask = left });
            Prune(list, a);
        }
        cell.ReadCta = a.EntityCta;
        cell.ReadEntity = a.Entity;
        cell.ReadClock = a.Clock;
        cell.ReadMask = a.Mask;
        cell.ReadInfo = a.Info;
    }

    private static void Prune(List<ReadRecord> list, Access a)
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            ReadRecord old = list[i];
            if (old.Cta == a.EntityCta && old.Entity == a.Entity) old.Mask &= ~a.Mask;
            if (old.Mask == 0 || a.KnowsAll(old.Cta, old.Entity, old.Mask, old.Clock)) list.RemoveAt(i);
            else list[i] = old;
        }
    }

    private unsafe void Write(ref Cell cell, Access a, Allocation at, long offset, byte* value)
    {
        if (cell.WriteCta >= 0 && !Harmless(ref cell, a, at, offset, value)) CheckWrite(ref cell, a, at, offset, isWrite: true);
        if (cell.ReadMask != 0) CheckReads(ref cell, a, at, offset);
        cell.WriteCta = a.EntityCta;
        cell.WriteEntity = a.Entity + int.TrailingZeroCount((int)a.Mask);
        cell.WriteClock = a.Clock;
        cell.WriteInfo = a.Info;
        cell.ReadMask = 0;
        cell.MoreReads = 0;
    }

    private void CheckReads(ref Cell cell, Access a, Allocation at, long offset)
    {
        if (!a.KnowsAll(cell.ReadCta, cell.ReadEntity, cell.ReadMask, cell.ReadClock) && !BothStrong(cell.ReadInfo, cell.ReadCta, a))
            throw Faults.Conflict(at, offset, a, isWrite: true, null, cell.ReadInfo);
        if (cell.MoreReads == 0) return;
        foreach (ReadRecord read in more[cell.MoreReads - 1])
            if (!a.KnowsAll(read.Cta, read.Entity, read.Mask, read.Clock) && !BothStrong(read.Info, read.Cta, a))
                throw Faults.Conflict(at, offset, a, isWrite: true, null, read.Info);
        more[cell.MoreReads - 1].Clear();
    }

    /// <summary>Two lanes of one warp put the same value there in one instruction: whichever comes last, the result is the same.</summary>
    private unsafe bool Harmless(ref Cell cell, Access a, Allocation at, long offset, byte* value)
    {
        if (value is null || cell.WriteCta != a.EntityCta || cell.WriteClock != a.Clock || cell.WriteInfo != a.Info) return false;
        if ((uint)(cell.WriteEntity - a.Entity) >= 32) return false;
        return new Span<byte>(at.Data + offset, 1 << shift).SequenceEqual(new Span<byte>(value, 1 << shift));
    }

    /// <summary>Strong operations whose scopes include each other don't race (PTX ISA 8.7.1, morally strong).</summary>
    private static bool BothStrong(int info, int cta, Access a) => a.SharesScope((Scope)(info & 15), cta);

    /// <summary>Makes cells as small as the access asks for.</summary>
    private void Split(long offset, int bytes)
    {
        int smallest = int.Min(int.TrailingZeroCount((int)(offset | 4)), int.TrailingZeroCount(bytes | 4));
        if (smallest >= shift) return;
        int factor = 1 << shift - smallest;
        var split = new Cell[pages.Length * factor][];
        for (int p = 0; p < pages.Length; p++)
        {
            if (pages[p] is not { } page) continue;
            for (int i = 0; i < PageCells * factor; i++)
            {
                Cell cell = page[i / factor];
                // the pieces share no list: what follows on one mustn't change the other
                if (cell.MoreReads != 0 && i % factor != 0) { more.Add([.. more[cell.MoreReads - 1]]); cell.MoreReads = more.Count; }
                (split[p * factor + i / PageCells] ??= new Cell[PageCells])[i % PageCells] = cell;
            }
        }
        pages = split;
        shift = smallest;
    }
}
