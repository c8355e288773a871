using System.Runtime.CompilerServices;
using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>
/// Finds races, asynchronous data used too early and missing proxy fences in one allocation, and knows the bytes that nobody wrote.
/// Judged by happens-before (FastTrack, Flanagan and Freund 2009, with a read mask a warp), not by the order that happened to run.
/// Cells cover 4 bytes until somebody touches fewer.
/// </summary>
internal sealed class Shadow(long size, int initialOwner)
{
    private const int PageShift = 10, PageCells = 1 << PageShift;

    private readonly List<List<ReadRecord>> more = [];
    private Cell[]?[] pages = new Cell[(size + 3) / 4 / PageCells + 1][];
    private int shift = 2;
    private Dictionary<long, byte>? kept;   // bits that are written in bytes that count as unwritten
    private readonly List<long> touched = [];   // pages of this launch, if it lasts
    private (GlobalMemory Memory, Allocation At)? lasting;
    private bool storedUnwritten;

    /// <summary>It is an allocation's that lasts from launch to launch.</summary>
    public void Last(GlobalMemory memory, Allocation at) => lasting = (memory, at);

    /// <summary>A read of up to 32 bytes; returns those that nobody wrote, which may be carried on but not used.</summary>
    public UnwrittenBytes Read(Allocation at, long offset, int bytes, Access access)
    {
        if (CutsCell(offset, bytes))
            Split(offset, bytes);
        UnwrittenBytes unwritten = default;
        long last = offset + bytes - 1 >> shift;
        for (long i = offset >> shift; i <= last; i++)
        {
            ref Cell cell = ref CellAt(i);
            if (cell.IsUnwritten)
                unwritten = With(unwritten, offset, i, cell);
            Read(ref cell, access, at, i << shift);
        }
        return unwritten;
    }

    /// <summary>The bytes of a few that nobody wrote; no access.</summary>
    public UnwrittenBytes Missing(long offset, int bytes)
    {
        if (CutsCell(offset, bytes))
            Split(offset, bytes);
        UnwrittenBytes unwritten = default;
        for (long i = offset >> shift; i <= offset + bytes - 1 >> shift; i++)
        {
            if (CellAt(i) is { IsUnwritten: true } cell)
                unwritten = With(unwritten, offset, i, cell);
        }
        return unwritten;
    }

    /// <summary>With an unwritten cell's bytes, counted from an offset.</summary>
    private UnwrittenBytes With(UnwrittenBytes unwritten, long offset, long index, Cell cell)
    {
        long first = index << shift;
        unwritten = unwritten.With((int)(first - offset), 1 << shift, cell.WriteInfo.IsComputed);
        if (kept is not null)
        {
            for (long at = first; at < first + (1 << shift); at++)
            {
                if (kept.TryGetValue(at, out byte bits))
                    unwritten = unwritten.Keeping((int)(at - offset), bits);
            }
        }
        return unwritten;
    }

    /// <summary>A read of any length that uses what it reads.</summary>
    public void ReadWritten(Allocation at, long offset, int bytes, Access access)
    {
        if (CutsCell(offset, bytes))
            Split(offset, bytes);
        long last = offset + bytes - 1 >> shift;
        for (long i = offset >> shift; i <= last; i++)
        {
            ref Cell cell = ref CellAt(i);
            if (cell.IsUnwritten)
                throw Faults.Uninitialized("read before any write", at, i << shift, access);
            Read(ref cell, access, at, i << shift);
        }
    }

    /// <summary>
    /// A write; <paramref name="value"/> is what it will put there, to tell a harmless one from a race within an instruction.
    /// </summary>
    /// <param name="unwritten">bytes of the value that nobody wrote</param>
    public unsafe void Write(Allocation at, long offset, int bytes, Access access, byte* value, UnwrittenBytes unwritten = default)
    {
        if (CutsCell(offset, bytes))
            Split(offset, bytes);
        storedUnwritten |= unwritten.Any;
        if (unwritten.Any && !unwritten.FillsGroups(1 << shift))
            Split(1, 1);
        long last = offset + bytes - 1 >> shift;
        for (long i = offset >> shift; i <= last; i++)
        {
            byte* piece = value is null ? null : value + ((i << shift) - offset);
            ref Cell cell = ref CellAt(i);
            Write(ref cell, access, at, i << shift, piece);
            if (unwritten.Has((int)((i << shift) - offset)))
                cell.WriteInfo = cell.WriteInfo.WithUnwritten(unwritten.IsComputed);
        }
        if (unwritten.Any)
            Keep(offset, bytes, unwritten);
    }

    private void Keep(long offset, int bytes, UnwrittenBytes unwritten)
    {
        if (unwritten.Kept != 0)
            kept ??= [];
        for (int i = 0; i < bytes; i++)
        {
            if (unwritten.KeptOf(i) is not 0 and var bits)
                kept![offset + i] = bits;
            else
                kept?.Remove(offset + i);
        }
    }

    /// <summary>
    /// Ordinary reads of 32 neighbouring words, one a lane; false, maybe with a part recorded, where <see cref="TryRead"/> is needed for
    /// each.
    /// </summary>
    public bool TryReadRow(Allocation at, long offset, in LaneCheck check)
    {
        Span<Cell> cells = Row(offset);
        AccessInfo info = check.Info;
        int cta = check.Cta, entity = check.Entity, clock = check.Clock;
        bool mayHold = !info.IsReadOnly;
        for (int lane = 0; lane < cells.Length; lane++)
        {
            ref Cell cell = ref cells[lane];
            uint bit = 1u << lane;
            bool mine = cell.WriteCta == Cell.Host
                || (cell.WriteCta == cta && cell.WriteEntity == entity + lane && mayHold && !cell.WriteInfo.IsUnwritten);
            bool alone = cell.ReadMask == 0
                || (cell.ReadMask == bit && cell.ReadEntity == entity && cell.ReadCta == cta && !cell.ReadInfo.IsReadOnly);
            if (mine && alone)
                (cell.ReadCta, cell.ReadEntity, cell.ReadClock, cell.ReadInfo, cell.ReadMask) = (cta, entity, clock, info, bit);
            else if (cell.IsUnwritten)
                return false;
            else if (!check.TryRead(ref cell, lane))
                Read(ref cell, check.Of(lane), at, offset + (lane << 2));
        }
        return !cells.IsEmpty;
    }

    /// <summary>As <see cref="TryReadRow"/>, for writes of words that are all written.</summary>
    public unsafe bool TryWriteRow(Allocation at, long offset, in LaneCheck check)
    {
        Span<Cell> cells = Row(offset);
        AccessInfo info = check.Info;
        int cta = check.Cta, entity = check.Entity, clock = check.Clock;
        for (int lane = 0; lane < cells.Length; lane++)
        {
            ref Cell cell = ref cells[lane];
            bool mine = cell.WriteCta < 0
                || (cell.WriteCta == cta && cell.WriteEntity == entity + lane && cell.WriteInfo.Actor == Actor.Thread);
            bool alone = cell.ReadMask == 0 || (cell.ReadMask == 1u << lane && cell.ReadEntity == entity && cell.ReadCta == cta
                && cell.MoreReads == 0 && !cell.ReadInfo.IsReadOnly);
            if (mine && alone)
                (cell.WriteCta, cell.WriteEntity, cell.WriteClock, cell.WriteInfo, cell.ReadMask) = (cta, entity + lane, clock, info, 0);
            else if (!check.TryWrite(ref cell, lane))
                Write(ref cell, check.Of(lane), at, offset + (lane << 2), null);
        }
        return !cells.IsEmpty;
    }

    /// <summary>As <see cref="TryReadRow"/>, for words anywhere in the allocation, one a lane.</summary>
    /// <param name="addresses">of each lane, all of them inside and aligned</param>
    public unsafe bool TryReadWords(Allocation at, long* addresses, uint lanes, in LaneCheck check)
    {
        if (shift != 2)
            return false;
        long start = (long)at.Address;
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            long offset = addresses[lane] - start;
            if ((offset & 3) != 0)
                return false;
            ref Cell cell = ref CellAt(offset >> 2);
            if (cell.IsUnwritten)
                return false;
            if (!check.TryRead(ref cell, lane))
                Read(ref cell, check.Of(lane), at, offset);
        }
        return true;
    }

    /// <summary>
    /// A lane's ordinary read of whole cells; false, maybe with a part recorded, where <see cref="Read(Allocation, long, int, Access)"/> is
    /// needed.
    /// </summary>
    public bool TryRead(Allocation at, long offset, int bytes, int lane, in LaneCheck check)
    {
        if (CutsCell(offset, bytes))
            return false;
        long last = offset + bytes - 1 >> shift;
        for (long i = offset >> shift; i <= last; i++)
        {
            ref Cell cell = ref CellAt(i);
            if (cell.IsUnwritten)
                return false;
            if (!check.TryRead(ref cell, lane))
                Read(ref cell, check.Of(lane), at, i << shift);
        }
        return true;
    }

    /// <summary>
    /// A lane's ordinary write of whole cells; false where <see cref="Write(Allocation, long, int, Access, byte*, UnwrittenBytes)"/> is
    /// needed.
    /// </summary>
    public unsafe bool TryWrite(Allocation at, long offset, int bytes, int lane, in LaneCheck check, byte* value)
    {
        if (CutsCell(offset, bytes))
            return false;
        long last = offset + bytes - 1 >> shift;
        for (long i = offset >> shift; i <= last; i++)
        {
            ref Cell cell = ref CellAt(i);
            if (!check.TryWrite(ref cell, lane))
                Write(ref cell, check.Of(lane), at, i << shift, value + ((i << shift) - offset));
        }
        return true;
    }

    /// <summary>
    /// A read-modify-write of one cell that only others of the device's scope have written since anybody read it; false where the thorough
    /// way is needed.
    /// </summary>
    public bool TryUpdate(long offset, int bytes, int lane, in LaneCheck check)
    {
        if (bytes != 1 << shift)
            return false;
        ref Cell cell = ref CellAt(offset >> shift);
        AccessInfo before = cell.WriteInfo;
        bool strong = cell.WriteCta == Cell.Host || (cell.WriteCta >= 0 && !before.IsUnwritten && before.Actor == Actor.Thread
            && (before.Scope >= Scope.Gpu || (before.Scope != Scope.Weak && cell.WriteCta == check.Cta)));
        if (!strong || cell.ReadMask != 0 || check.Info.Scope < Scope.Gpu)
            return false;
        (cell.WriteCta, cell.WriteEntity, cell.WriteClock, cell.WriteInfo) = (check.Cta, check.Entity + lane, check.Clock, check.Info);
        return true;
    }

    /// <summary>Whether everything there has been written and the writes happened before; makes no record of a read.</summary>
    public void RequireKnown(Allocation at, long offset, int bytes, Access access, string what)
    {
        if (CutsCell(offset, bytes))
            Split(offset, bytes);
        for (long i = offset >> shift; i <= offset + bytes - 1 >> shift; i++)
        {
            ref Cell cell = ref CellAt(i);
            if (cell.IsUnwritten)
                throw Faults.Uninitialized(what, at, i << shift, access);
            if (!access.Knows(cell.WriteCta, cell.WriteEntity, cell.WriteClock))
                throw Faults.Conflict(at, i << shift, access, isWrite: false, cell, null);
        }
    }

    /// <summary>Faults if another CTA has accessed the memory and that isn't known to have happened before.</summary>
    public void RequireNoForeignAccess(Allocation at, int cta, VectorClock known)
    {
        for (int p = 0; p < pages.Length; p++)
        {
            if (pages[p] is not { } page)
                continue;
            for (int i = 0; i < page.Length; i++)
            {
                Cell cell = page[i];
                bool write = cell.WriteCta >= 0 && cell.WriteCta != cta && known.Get(cell.WriteCta, cell.WriteEntity) < cell.WriteClock;
                bool read = cell.ReadMask != 0 && cell.ReadCta != cta && !IsKnown(known, cell);
                if (write || read)
                {
                    throw Faults.At(
                        FaultKind.Race, "the CTA ends, and nothing makes sure that its cluster's accesses to its shared memory come before",
                        at, ((long)p * PageCells) + i << shift, 0);
                }
            }
        }
    }

    private static bool IsKnown(VectorClock known, Cell cell)
    {
        for (uint rest = cell.ReadMask; rest != 0; rest &= rest - 1)
        {
            if (known.Get(cell.ReadCta, cell.ReadEntity + int.TrailingZeroCount((int)rest)) < cell.ReadClock)
                return false;
        }
        return true;
    }

    /// <summary>The bytes count as never written again.</summary>
    public void Forget(long offset, int bytes)
    {
        for (long i = offset >> shift; i <= offset + bytes - 1 >> shift; i++)
            CellAt(i) = new Cell { WriteCta = Cell.Never };
        if (kept is not null)
            Keep(offset, bytes, default);
    }

    private bool CutsCell(long offset, int bytes) => ((offset | (uint)bytes) & ((1L << shift) - 1)) != 0;

    /// <summary>The cells of 32 words; none if they aren't whole or cross a page.</summary>
    private Span<Cell> Row(long offset)
    {
        long first = offset >> 2;
        if (shift != 2 || (first & (PageCells - 1)) > PageCells - 32)
            return [];
        Cell[] page = pages[first >> PageShift] ?? (pages[first >> PageShift] = NewPage(first >> PageShift));
        return page.AsSpan((int)(first & (PageCells - 1)), 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Cell CellAt(long index)
    {
        Cell[] page = pages[index >> PageShift] ?? (pages[index >> PageShift] = NewPage(index >> PageShift));
        return ref page[index & (PageCells - 1)];
    }

    /// <summary>Cells of a page that are needed: the last has fewer.</summary>
    private int CellsOf(long number) => (int)Math.Clamp((size + (1 << shift) - 1 >> shift) - (number << PageShift), 1, PageCells);

    private Cell[] NewPage(long number)
    {
        if (lasting is { } of)
            return LastingPage(of.Memory, of.At, number);
        var page = new Cell[CellsOf(number)];
        Array.Fill(page, new Cell { WriteCta = initialOwner });
        return page;
    }

    private void Read(ref Cell cell, Access a, Allocation at, long offset)
    {
        if (cell.WriteCta >= 0)
            CheckWrite(ref cell, a, at, offset, isWrite: false);
        bool readOnly = cell.ReadMask != 0 && cell.ReadInfo.IsReadOnly;
        if (cell.ReadClock == a.Clock && cell.ReadEntity == a.Entity && cell.ReadCta == a.EntityCta && cell.ReadMask != 0)
        {
            cell.ReadMask |= a.Mask;
            if (a.Scope == Scope.Weak)
                cell.ReadInfo = a.Info;
        }
        else
        {
            RecordRead(ref cell, a);
        }
        if (readOnly)
            cell.ReadInfo = cell.ReadInfo.WithReadOnly(true);
    }

    private static void CheckWrite(ref Cell cell, Access a, Allocation at, long offset, bool isWrite)
    {
        if (a.IsReadOnly)
            throw Faults.ReadOnly(at, offset, a, cell.WriteInfo.Line, isWrite);
        if (!a.Knows(cell.WriteCta, cell.WriteEntity, cell.WriteClock) && !BothStrong(cell.WriteInfo, cell.WriteCta, a)
            && !IsAccepted(cell.WriteInfo, a, isWrite, earlierIsRead: false))
        {
            throw Faults.Conflict(at, offset, a, isWrite, cell, null);
        }
        Actor writer = cell.WriteInfo.Actor;
        if (writer == Actor.Barrier && a.Actor != Actor.Barrier)
        {
            throw Faults.At(
                FaultKind.Invalid, "a live mbarrier is touched by something else than mbarrier instructions", at, offset, a.Lane);
        }
        if (a.IsAsyncProxy && writer <= Actor.CopyAsync && !a.IsFenced(cell.WriteCta, cell.WriteEntity, cell.WriteClock))
            throw Faults.Proxy(at, offset, a, cell.WriteInfo.Line);
    }

    private void RecordRead(ref Cell cell, Access a)
    {
        bool sameWarp = cell.ReadCta == a.EntityCta && cell.ReadEntity == a.Entity;
        // a thread's later read stands for its earlier ones: whoever is ordered after it is ordered after them
        uint left = sameWarp ? cell.ReadMask & ~a.Mask : cell.ReadMask;
        if (left != 0 && !a.KnowsAll(cell.ReadCta, cell.ReadEntity, left, cell.ReadClock))
        {
            if (cell.MoreReads == 0)
            {
                more.Add([]);
                cell.MoreReads = more.Count;
            }
            List<ReadRecord> list = more[cell.MoreReads - 1];
            list.Add(ReadRecord.Of(cell, left));
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
            if (old.Cta == a.EntityCta && old.Entity == a.Entity)
                old.Mask &= ~a.Mask;
            if (old.Mask == 0 || a.KnowsAll(old.Cta, old.Entity, old.Mask, old.Clock))
                list.RemoveAt(i);
            else
                list[i] = old;
        }
    }

    private unsafe void Write(ref Cell cell, Access a, Allocation at, long offset, byte* value)
    {
        if (cell.WriteCta >= 0 && !Harmless(ref cell, a, at, offset, value))
            CheckWrite(ref cell, a, at, offset, isWrite: true);
        if (cell.ReadMask != 0)
            CheckReads(ref cell, a, at, offset);
        cell.WriteCta = a.EntityCta;
        cell.WriteEntity = a.Entity + int.TrailingZeroCount((int)a.Mask);
        cell.WriteClock = a.Clock;
        cell.WriteInfo = a.Info;
        cell.ReadMask = 0;
        cell.MoreReads = 0;
    }

    private void CheckReads(ref Cell cell, Access a, Allocation at, long offset)
    {
        CheckRead(ReadRecord.Of(cell, cell.ReadMask), a, at, offset);
        if (cell.MoreReads == 0)
            return;
        foreach (ReadRecord read in more[cell.MoreReads - 1])
            CheckRead(read, a, at, offset);
        more[cell.MoreReads - 1].Clear();
    }

    private static void CheckRead(ReadRecord read, Access a, Allocation at, long offset)
    {
        if (read.Info.IsReadOnly)
            throw Faults.ReadOnly(at, offset, a, read.Info.Line, isWrite: true);
        if (!a.KnowsAll(read.Cta, read.Entity, read.Mask, read.Clock) && !BothStrong(read.Info, read.Cta, a)
            && !IsAccepted(read.Info, a, isWrite: true, earlierIsRead: true))
        {
            throw Faults.Conflict(at, offset, a, isWrite: true, null, read.Info);
        }
    }

    /// <summary>A plain read that begins a compare-and-swap loop, where the launch accepts these.</summary>
    private static bool IsAccepted(AccessInfo earlier, Access a, bool isWrite, bool earlierIsRead) =>
        a.Warp.Cta.Launch.Options.AcceptPlainReadsOfAtomics && Faults.IsLoopStart(a, isWrite, earlier, earlierIsRead);

    /// <summary>Two lanes of one warp put the same value there in one instruction: whichever comes last, the result is the same.</summary>
    private unsafe bool Harmless(ref Cell cell, Access a, Allocation at, long offset, byte* value)
    {
        if (value is null || cell.WriteCta != a.EntityCta || cell.WriteClock != a.Clock || cell.WriteInfo != a.Info)
            return false;
        if ((uint)(cell.WriteEntity - a.Entity) >= 32)
            return false;
        return new Span<byte>(at.Data + offset, 1 << shift).SequenceEqual(new Span<byte>(value, 1 << shift));
    }

    /// <summary>Strong operations whose scopes include each other don't race (PTX ISA 8.7.1, morally strong).</summary>
    private static bool BothStrong(AccessInfo info, int cta, Access a) => a.SharesScope(info.Scope, cta);

    /// <summary>Makes cells as small as the access asks for.</summary>
    private void Split(long offset, int bytes)
    {
        int smallest = int.Min(int.TrailingZeroCount((int)(offset | 4)), int.TrailingZeroCount(bytes | 4));
        if (smallest >= shift)
            return;
        int factor = 1 << shift - smallest;
        var split = new Cell[pages.Length * factor][];
        for (int p = 0; p < pages.Length; p++)
        {
            if (pages[p] is not { } page)
                continue;
            int cells = CellsOf(p);
            for (int i = 0; i < cells * factor; i++)
            {
                Cell cell = page[i / factor];
                // the pieces share no list: what follows on one mustn't change the other
                if (cell.MoreReads != 0 && i % factor != 0)
                {
                    more.Add([.. more[cell.MoreReads - 1]]);
                    cell.MoreReads = more.Count;
                }
                (split[p * factor + i / PageCells] ??= new Cell[PageCells])[i % PageCells] = cell;
            }
        }
        pages = split;
        shift = smallest;
        if (touched.Count == 0)
            return;
        touched.Clear();
        for (int p = 0; p < pages.Length; p++)
        {
            if (pages[p] is not null)
                touched.Add(p);
        }
    }

    /// <summary>Makes cells so small that some bytes are whole cells.</summary>
    public void Cut(long offset, long bytes)
    {
        long both = offset | bytes;
        if ((both & ((1L << shift) - 1)) != 0)
            Split(1L << (int)long.TrailingZeroCount(both), 4);
    }

    /// <summary>Written bits beside unwritten ones are as unwritten as these.</summary>
    public void ForgetKept(long offset, long bytes)
    {
        if (kept is null)
            return;
        foreach (long at in kept.Keys.Where(k => k >= offset && k < offset + bytes).ToArray())
            kept.Remove(at);
    }

    /// <summary>As it was at first.</summary>
    public void Reset()
    {
        foreach (Cell[]? page in pages)
        {
            if (page is not null)
                Array.Fill(page, new Cell { WriteCta = initialOwner });
        }
        kept = null;
        more.Clear();
    }

    /// <summary>The launch is over: what is written is marked, and everything else is forgotten.</summary>
    public void Settle()
    {
        if (lasting is not { } of)
            return;
        bool changes = storedUnwritten || !of.At.Marks!.IsWhole;
        foreach (long number in touched)
        {
            Cell[] page = pages[number]!;
            pages[number] = null;
            if (changes)
                Mark(of.At.Marks!, page, number);
            of.Memory.GivePage(page);
        }
        touched.Clear();
        more.Clear();
        storedUnwritten = false;
    }

    private Cell[] LastingPage(GlobalMemory memory, Allocation at, long number)
    {
        if (touched.Count == 0)
            memory.Touch(at);
        touched.Add(number);
        Cell[] page = memory.TakePage(PageCells);
        var written = new Cell { WriteCta = Cell.Host };
        int perWord = 64 >> shift, cells = CellsOf(number) + perWord - 1 & -perWord;
        if (at.Marks!.IsWhole)
        {
            Array.Fill(page, written, 0, cells);
            return page;
        }
        var never = new Cell { WriteCta = Cell.Never };
        for (int i = 0; i < cells; i += perWord)
        {
            ulong marks = at.Marks[((number << PageShift) + i) << shift >> 6];
            if (marks is 0 or ~0UL)
            {
                Array.Fill(page, marks == 0 ? never : written, i, perWord);
                continue;
            }
            for (int k = 0; k < perWord; k++)
                page[i + k] = (marks >> (k << shift) & 1) != 0 ? written : never;
        }
        return page;
    }

    private void Mark(WrittenMarks marks, Cell[] page, long number)
    {
        int perWord = 64 >> shift, cells = CellsOf(number);
        ulong one = (1UL << (1 << shift)) - 1;
        for (int i = 0; i < cells; i += perWord)
        {
            ulong now = 0;
            for (int k = 0; k < perWord; k++)
            {
                if (!page[i + k].IsUnwritten)
                    now |= one << (k << shift);
            }
            marks.Put(((number << PageShift) + i) << shift >> 6, ~0UL, now);
        }
    }
}
