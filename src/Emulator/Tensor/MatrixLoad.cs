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

    public override void Execute(Warp warp)
    {
        warp.RequireWhole(Syntax.Opcode);
        if (warp.Live != ~0u) throw new FaultException(FaultKind.Divergent, $"{Syntax.Opcode} needs all 32 lanes");
        MemoryReference.Addresses(warp, address);
        Counters counters = warp.Cta.Launch.Counters;
        counters.MatrixAccess(this, warp.Addresses, registers.Length);
        warp.Begin(Line);
        for (int tile = 0; tile < registers.Length; tile++)
            for (int row = 0; row < 8; row++) Row(warp, tile, row);
    }

    private void Row(Warp warp, int tile, int row)
    {
        int provider = (tile * 8) + row;
        ulong at = (ulong)warp.Addresses[provider];
        StateSpace where = space;
        if (where == StateSpace.Generic) (where, at) = MemoryReference.FromGeneric(at);
        if (at % RowBytes != 0) throw MemoryReference.Misaligned(warp, where, at, provider, $"a row of {Syntax.Opcode}, which needs 16 bytes,");
        Allocation allocation = MemoryReference.Locate(warp, where, at, RowBytes, provider);
        long offset = (long)(MemoryReference.Offset(where, at) - allocation.Address);
        ushort* elements = (ushort*)(allocation.Data + offset);
        for (int pair = 0; pair < 4; pair++)
        {
            uint word = isStore ? FromRegisters(warp, tile, row, pair) : 0;
            Book(warp, row, pair);
            if (isStore)
            {
                allocation.Shadow.Write(allocation, offset + (4 * pair), 4, warp.Access, (byte*)&word);
                ((uint*)elements)[pair] = word;
                continue;
            }
            allocation.Shadow.Read(allocation, offset + (4 * pair), 4, warp.Access);
            ToRegisters(warp, tile, row, pair, ((uint*)elements)[pair]);
        }
    }

    /// <summary>The lanes whose registers hold columns 2·pair and 2·pair + 1 of a row: one, or two if transposed.</summary>
    private void Book(Warp warp, int row, int pair)
    {
        int first = transposed ? (2 * pair * 4) + (row / 2) : (row * 4) + pair;
        warp.SetLane(first);
        if (transposed) warp.Access.Mask = warp.Access.IssuerMask = 1u << first | 1u << first + 4;
    }

    private void ToRegisters(Warp warp, int tile, int row, int pair, uint word)
    {
        if (!transposed)
        {
            warp.Slot<uint>(registers[tile])[(row * 4) + pair] = word;
            return;
        }
        ushort* to = warp.Slot<ushort>(registers[tile]);
        int first = (2 * pair * 4) + (row / 2);
        to[(first * 2) + (row & 1)] = (ushort)word;
        to[((first + 4) * 2) + (row & 1)] = (ushort)(word >> 16);
    }

    private uint FromRegisters(Warp warp, int tile, int row, int pair)
    {
        if (!transposed) return warp.Slot<uint>(registers[tile])[(row * 4) + pair];
        ushort* from = warp.Slot<ushort>(registers[tile]);
        int first = (2 * pair * 4) + (row / 2);
        return from[(first * 2) + (row & 1)] | (uint)from[((first + 4) * 2) + (row & 1)] << 16;
    }
}
