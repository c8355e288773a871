using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>What a launch did, counted while it ran.</summary>
internal sealed unsafe class Counters
{
    private const int SectorBytes = 32;
    private const int BankBytes = 4;

    private Answer?[] answers = [];
    private bool isDetailed;

    public long[] Executions { get; private set; } = [];

    public long[] ThreadExecutions { get; private set; } = [];

    /// <summary>For each instruction, passes over shared memory beyond the least that its bytes need.</summary>
    public long[] Conflicts { get; private set; } = [];

    /// <summary>For each instruction, 32-byte sectors of global memory that its requests touch.</summary>
    public long[] Sectors { get; private set; } = [];

    public long SharedBytes { get; private set; }

    public long GlobalBytes { get; private set; }

    public long LocalBytes { get; private set; }

    /// <summary>Of bulk and tensor copies.</summary>
    public long BulkBytes { get; set; }

    /// <summary>Of cp.async without .bulk.</summary>
    public long SmallCopyBytes { get; set; }

    public long MatrixMultiplies { get; set; }

    public long BarrierWaits { get; set; }

    /// <summary>Begins anew, for code of so many instructions.</summary>
    /// <param name="detailed">counts bytes, sectors and conflicts of memory, too</param>
    public void Prepare(int instructions, bool detailed)
    {
        isDetailed = detailed;
        SharedBytes = GlobalBytes = LocalBytes = BulkBytes = SmallCopyBytes = MatrixMultiplies = BarrierWaits = 0;
        if (Executions.Length == instructions)
        {
            Array.Clear(Executions);
            Array.Clear(ThreadExecutions);
            Array.Clear(Conflicts);
            Array.Clear(Sectors);
            return;
        }
        Executions = new long[instructions];
        ThreadExecutions = new long[instructions];
        Conflicts = new long[instructions];
        Sectors = new long[instructions];
        answers = new Answer?[instructions];
    }

    public void Access(Instruction instruction, StateSpace space, long* addresses, uint active, int bytes)
    {
        if (!isDetailed)
            return;
        int moved = bytes * int.PopCount((int)active);
        switch (space)
        {
            case StateSpace.Global or StateSpace.Generic:
                GlobalBytes += moved;
                Sectors[instruction.Index] += CountSectors(addresses, active, bytes);
                break;
            case StateSpace.Shared or StateSpace.SharedCluster:
                SharedBytes += moved;
                Conflicts[instruction.Index] += RememberedConflicts(instruction.Index, addresses, active, bytes);
                break;
            case StateSpace.Local: LocalBytes += moved; break;
        }
    }

    /// <summary>Neighbouring words, one a lane: no conflicts, and the sectors follow from the first address.</summary>
    public void RowAccess(Instruction instruction, StateSpace space, long first, int bytes)
    {
        if (!isDetailed)
            return;
        if (space == StateSpace.Global)
        {
            GlobalBytes += bytes;
            Sectors[instruction.Index] += ((first + bytes - 1) >> 5) - (first >> 5) + 1;
        }
        else
        {
            SharedBytes += bytes;
        }
    }

    /// <summary>ldmatrix and stmatrix: each tile's eight rows of 16 bytes are one pass if they fall on different banks.</summary>
    public void MatrixAccess(Instruction instruction, long* addresses, int tiles)
    {
        if (!isDetailed)
            return;
        SharedBytes += tiles * 128;
        for (int tile = 0; tile < tiles; tile++)
            Conflicts[instruction.Index] += CountConflicts(addresses, 0xffu << (8 * tile), 16);
    }

    /// <summary>Loops come to the same addresses again: an instruction's last answer is kept.</summary>
    private int RememberedConflicts(int instruction, long* addresses, uint active, int bytes)
    {
        var now = new ReadOnlySpan<long>(addresses, Warp.Lanes);
        ref Answer? last = ref answers[instruction];
        last ??= new Answer();
        if (last.Active == active && now.SequenceEqual(last.Addresses))
            return last.Conflicts;
        now.CopyTo(last.Addresses);
        last.Active = active;
        last.Conflicts = bytes <= BankBytes && IsFreeOfConflicts(addresses, active) ? 0 : CountConflicts(addresses, active, bytes);
        return last.Conflicts;
    }

    private static int CountSectors(long* addresses, uint active, int bytes)
    {
        long* seen = stackalloc long[Warp.Lanes * 2];
        int count = 0;
        long last = -1, least = long.MaxValue, most = long.MinValue;
        for (uint rest = active; rest != 0; rest &= rest - 1)
        {
            long address = addresses[int.TrailingZeroCount((int)rest)];
            for (long sector = address / SectorBytes; sector <= (address + bytes - 1) / SectorBytes; sector++)
            {
                if (sector == last)
                    continue;
                last = sector;
                if (sector >= least && sector <= most && new ReadOnlySpan<long>(seen, count).Contains(sector))
                    continue;
                (least, most) = (Math.Min(least, sector), Math.Max(most, sector));
                seen[count++] = sector;
            }
        }
        return count;
    }

    /// <summary>
    /// Wide accesses go in groups of lanes that move 128 bytes; a group needs as many passes as its fullest bank has words.
    /// </summary>
    private static int CountConflicts(long* addresses, uint active, int bytes)
    {
        int lanesAtOnce = Math.Min(Warp.Lanes, 128 / Math.Max(bytes, BankBytes));
        int extra = 0;
        for (int first = 0; first < Warp.Lanes; first += lanesAtOnce)
        {
            uint group = (uint)((1UL << lanesAtOnce) - 1) << first & active;
            if (group != 0)
                extra += Passes(addresses, group, bytes) - 1;
        }
        return extra;
    }

    /// <summary>Each lane has a bank for itself, or all want one word.</summary>
    private static bool IsFreeOfConflicts(long* addresses, uint active)
    {
        uint banks = 0;
        long first = addresses[int.TrailingZeroCount((int)active)] / BankBytes;
        bool distinct = true, same = true;
        for (uint rest = active; rest != 0; rest &= rest - 1)
        {
            long word = addresses[int.TrailingZeroCount((int)rest)] / BankBytes;
            uint bank = 1u << (int)(word & 31);
            distinct &= (banks & bank) == 0;
            same &= word == first;
            banks |= bank;
        }
        return distinct || same;
    }

    private static int Passes(long* addresses, uint group, int bytes)
    {
        long* words = stackalloc long[Warp.Lanes * 2];
        byte* perBank = stackalloc byte[Warp.Lanes];
        new Span<byte>(perBank, Warp.Lanes).Clear();
        long* owner = stackalloc long[Warp.Lanes];
        int count = 0, most = 1;
        for (uint rest = group; rest != 0; rest &= rest - 1)
        {
            long first = addresses[int.TrailingZeroCount((int)rest)] / BankBytes;
            long last = first + Math.Max(bytes, BankBytes) / BankBytes - 1;
            for (long word = first; word <= last; word++)
            {
                int bank = (int)(word & 31);
                if (perBank[bank] > 0 && (owner[bank] == word || new ReadOnlySpan<long>(words, count).Contains(word)))
                    continue;
                owner[bank] = word;
                words[count++] = word;
                most = Math.Max(most, ++perBank[bank]);
            }
        }
        return most;
    }

    /// <summary>Bank conflicts of an instruction's latest addresses.</summary>
    private sealed class Answer
    {
        public readonly long[] Addresses = new long[Warp.Lanes];
        public uint Active;
        public int Conflicts;
    }
}
