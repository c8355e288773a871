using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>What a launch did, counted while it ran.</summary>
internal sealed unsafe class Counters
{
    private const int SectorBytes = 32;
    private const int BankBytes = 4;

    public long[] Executions { get; private set; } = [];

    public long[] ThreadExecutions { get; private set; } = [];

    /// <summary>For each instruction, passes over shared memory beyond the least that its bytes need.</summary>
    public long[] Conflicts { get; private set; } = [];

    /// <summary>For each instruction, 32-byte sectors of global memory that its requests touch.</summary>
    public long[] Sectors { get; private set; } = [];

    public long SharedBytes { get; private set; }

    public long GlobalBytes { get; private set; }

    public long LocalBytes { get; private set; }

    public long AsyncBytes { get; set; }

    public long MatrixMultiplies { get; set; }

    public long BarrierWaits { get; set; }

    public void Prepare(int instructions)
    {
        Executions = new long[instructions];
        ThreadExecutions = new long[instructions];
        Conflicts = new long[instructions];
        Sectors = new long[instructions];
    }

    public void Access(Instruction instruction, StateSpace space, long* addresses, uint active, int bytes)
    {
        int moved = bytes * int.PopCount((int)active);
        switch (space)
        {
            case StateSpace.Global or StateSpace.Generic:
                GlobalBytes += moved;
                Sectors[instruction.Index] += CountSectors(addresses, active, bytes);
                break;
            case StateSpace.Shared or StateSpace.SharedCluster:
                SharedBytes += moved;
                Conflicts[instruction.Index] += CountConflicts(addresses, active, bytes);
                break;
            case StateSpace.Local: LocalBytes += moved; break;
        }
    }

    /// <summary>Neighbouring words, one a lane: no conflicts, and the sectors follow from the first address.</summary>
    public void CoalescedAccess(Instruction instruction, StateSpace space, long first, int bytes)
    {
        if (space == StateSpace.Global)
        {
            GlobalBytes += bytes;
            Sectors[instruction.Index] += ((first + bytes - 1) >> 5) - (first >> 5) + 1;
        }
        else SharedBytes += bytes;
    }

    /// <summary>ldmatrix and stmatrix: each tile's eight rows of 16 bytes are one pass if they fall on different banks.</summary>
    public void MatrixAccess(Instruction instruction, long* addresses, int tiles)
    {
        SharedBytes += tiles * 128;
        for (int tile = 0; tile < tiles; tile++)
            Conflicts[instruction.Index] += CountConflicts(addresses, 0xffu << (8 * tile), 16);
    }

    private static int CountSectors(long* addresses, uint active, int bytes)
    {
        long* seen = stackalloc long[Warp.Lanes * 2];
        int count = 0;
        long last = -1;
        for (uint rest = active; rest != 0; rest &= rest - 1)
        {
            long address = addresses[int.TrailingZeroCount((int)rest)];
            for (long sector = address / SectorBytes; sector <= (address + bytes - 1) / SectorBytes; sector++)
            {
                if (sector == last) continue;
                last = sector;
                if (!new ReadOnlySpan<long>(seen, count).Contains(sector)) seen[count++] = sector;
            }
        }
        return count;
    }

    /// <summary>Wide accesses go in groups of lanes that move 128 bytes; a group needs as many passes as its fullest bank has words.</summary>
    private static int CountConflicts(long* addresses, uint active, int bytes)
    {
        int lanesAtOnce = Math.Min(Warp.Lanes, 128 / Math.Max(bytes, BankBytes));
        int extra = 0;
        for (int first = 0; first < Warp.Lanes; first += lanesAtOnce)
        {
            uint group = (uint)((1UL << lanesAtOnce) - 1) << first & active;
            if (group != 0) extra += Passes(addresses, group, bytes) - 1;
        }
        return extra;
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
            long first = addresses[int.TrailingZeroCount((int)rest)] / BankBytes, last = first + (Math.Max(bytes, BankBytes) / BankBytes) - 1;
            for (long word = first; word <= last; word++)
            {
                int bank = (int)(word & 31);
                if (perBank[bank] > 0 && (owner[bank] == word || new ReadOnlySpan<long>(words, count).Contains(word))) continue;
                owner[bank] = word;
                words[count++] = word;
                most = Math.Max(most, ++perBank[bank]);
            }
        }
        return most;
    }
}
