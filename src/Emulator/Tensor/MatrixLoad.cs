using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// ldmatrix and stmatrix of 8×8 b16 tiles (PTX ISA 9.7.14.5.15–16): lanes 8i to 8i+7 give the rows of tile i.
/// Each word is booked on the lanes whose registers it comes from or goes to.
/// </summary>
internal sealed unsafe class MatrixLoad(StateSpace space, Address address, int[] registers, bool transposed, bool isStore) : Instruction
{
    private const int RowBytes = 16;

    /// <summary>For each register and lane, bytes that nobody wrote; null while there are none.</summary>
    private Unwritten[]? unwritten;

    public override bool MayCarry(int slot) => isStore && slot != address.Slot && slot != Guard;

    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, Syntax.Opcode))
            return;
        if (warp.Live != ~0u)
            throw new FaultException(FaultKind.Divergent, $"{Syntax.Opcode} needs all 32 lanes");
        MemoryReference.Addresses(warp, address);
        Counters counters = warp.Cta.Launch.Counters;
        counters.MatrixAccess(this, warp.Addresses, registers.Length);
        warp.Begin(Line);
        for (int tile = 0; tile < registers.Length; tile++)
        {
            for (int row = 0; row < 8; row++)
                Row(warp, tile, row);
        }
        if (unwritten is null)
            return;
        for (int i = 0; i < unwritten.Length; i++)
        {
            if (unwritten[i].Any)
                warp.Unwritten.Set(registers[i / Warp.Lanes], i % Warp.Lanes, unwritten[i]);
        }
        unwritten = null;
    }

    private void Row(Warp warp, int tile, int row)
    {
        int provider = tile * 8 + row;
        ulong at = (ulong)warp.Addresses[provider];
        StateSpace where = space;
        if (where == StateSpace.Generic)
            (where, at) = MemoryReference.FromGeneric(warp, provider, at);
        if (at % RowBytes != 0)
            throw MemoryReference.Misaligned(warp, where, at, RowBytes, provider, $"a row of {Syntax.Opcode}, which needs 16 bytes,");
        Allocation allocation = MemoryReference.Locate(warp, where, at, RowBytes, provider);
        long offset = (long)(MemoryReference.Offset(where, at) - allocation.Address);
        ushort* elements = (ushort*)(allocation.Data + offset);
        for (int pair = 0; pair < 4; pair++)
        {
            uint word = isStore ? FromRegisters(warp, tile, row, pair) : 0;
            Book(warp, row, pair);
            if (isStore)
            {
                allocation.Shadow.Write(allocation, offset + 4 * pair, 4, warp.Access, (byte*)&word, Missing(warp, tile, row, pair));
                ((uint*)elements)[pair] = word;
                continue;
            }
            UnwrittenBytes missing = allocation.Shadow.Read(allocation, offset + 4 * pair, 4, warp.Access);
            ToRegisters(warp, tile, row, pair, ((uint*)elements)[pair]);
            if (missing.Any)
                Carry(tile, row, pair, new Unwritten(missing, new UnwrittenOrigin(Line, allocation.SpaceText, allocation.Name, at)));
        }
    }

    private void Carry(int tile, int row, int pair, Unwritten word)
    {
        unwritten ??= new Unwritten[registers.Length * Warp.Lanes];
        if (!transposed)
        {
            unwritten[tile * Warp.Lanes + row * 4 + pair] = word;
            return;
        }
        int first = tile * Warp.Lanes + 2 * pair * 4 + row / 2, up = (row & 1) * 2;
        for (int half = 0; half < 2; half++)
        {
            UnwrittenBytes part = word.Bytes.Part(half * 2, 2);
            if (part.Any)
                unwritten[first + half * 4] = unwritten[first + half * 4].Join(word with { Bytes = part.Up(up) });
        }
    }

    private UnwrittenBytes Missing(Warp warp, int tile, int row, int pair)
    {
        int slot = registers[tile], first = transposed ? 2 * pair * 4 + row / 2 : row * 4 + pair;
        if (warp.Ready[slot] == ~0u)
            return default;
        if (!transposed)
            return warp.Unwritten.Of(slot, first).Bytes.Part(0, 4);
        int from = (row & 1) * 2;
        return warp.Unwritten.Of(slot, first).Bytes.Part(from, 2).Join(warp.Unwritten.Of(slot, first + 4).Bytes.Part(from, 2).Up(2));
    }

    /// <summary>The lanes whose registers hold columns 2·pair and 2·pair + 1 of a row: one, or two if transposed.</summary>
    private void Book(Warp warp, int row, int pair)
    {
        int first = transposed ? 2 * pair * 4 + row / 2 : row * 4 + pair;
        warp.SetLane(first);
        if (transposed)
            warp.Access.Mask = warp.Access.IssuerMask = 1u << first | 1u << first + 4;
    }

    private void ToRegisters(Warp warp, int tile, int row, int pair, uint word)
    {
        if (!transposed)
        {
            warp.Slot<uint>(registers[tile])[row * 4 + pair] = word;
            return;
        }
        ushort* to = warp.Slot<ushort>(registers[tile]);
        int first = 2 * pair * 4 + row / 2;
        to[first * 2 + (row & 1)] = (ushort)word;
        to[(first + 4) * 2 + (row & 1)] = (ushort)(word >> 16);
    }

    private uint FromRegisters(Warp warp, int tile, int row, int pair)
    {
        if (!transposed)
            return warp.Slot<uint>(registers[tile])[row * 4 + pair];
        ushort* from = warp.Slot<ushort>(registers[tile]);
        int first = 2 * pair * 4 + row / 2;
        return from[first * 2 + (row & 1)] | (uint)from[(first + 4) * 2 + (row & 1)] << 16;
    }
}
