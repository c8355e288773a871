using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// wmma.load and wmma.store (PTX ISA 9.7.14.4.3–4): a matrix whose rows or columns are a stride apart. Which lane moves which bytes is
/// open; here the words of a line go round the lanes.
/// </summary>
/// <param name="stride">slot of the elements between lines; null if they touch</param> <param name="byColumns">lines are columns</param>
internal sealed unsafe class WmmaMemory(
    StateSpace space, Address address, int? stride, PtxType type, (int Rows, int Columns) size, bool byColumns, WmmaFragment fragment,
        bool isStore) : Instruction(marksDestinations: true)
{
    private const int MostAlign = 16;

    private readonly int bits = type.MatrixBits();
    private readonly int lines = byColumns ? size.Columns : size.Rows;
    private readonly int length = byColumns ? size.Rows : size.Columns;

    /// <summary>For each element of the line that is moved, what of it nobody wrote.</summary>
    private readonly Unwritten[] missing = new Unwritten[byColumns ? size.Rows : size.Columns];

    public override bool MayCarry(int slot) => isStore && slot != address.Slot && slot != Guard && slot != stride;

    public override void Execute(Warp warp)
    {
        string name = isStore ? "wmma.store" : "wmma.load";
        if (warp.AwaitsWhole(this, name))
            return;
        if (warp.Live != ~0u)
            throw new FaultException(FaultKind.Divergent, $"{name} needs all 32 lanes");
        MemoryReference.Addresses(warp, address);
        long first = warp.Addresses[0];
        uint step = stride is { } slot ? warp.Slot<uint>(slot)[0] : (uint)length;
        for (int lane = 1; lane < Warp.Lanes; lane++)
        {
            if (warp.Addresses[lane] != first || (stride is { } s && warp.Slot<uint>(s)[lane] != step))
                throw new FaultException(FaultKind.Invalid, $"{name} by lanes of different addresses or strides") { Lane = lane };
        }
        if (step < length)
        {
            throw new FaultException(FaultKind.Invalid,
            $"{name} with a stride of {step}, less than a line's {length} elements")
            { Lane = 0 };
        }
        byte* line = stackalloc byte[length * bits / 8];
        for (int i = 0; i < lines; i++)
        {
            ulong at = (ulong)first + (ulong)i * step * (uint)bits / 8;
            uint align = (uint)Math.Min(MostAlign, length * bits / 8);
            if (at % align != 0)
                throw new FaultException(FaultKind.Misaligned, $"a line of {name}, which needs {align} bytes") { Lane = 0, Address = at };
            if (isStore)
                Gather(warp, i, line);
            Move(warp, at, line, i);
            if (!isStore)
                Scatter(warp, i, line);
        }
        if (!isStore)
            fragment.Settle(warp);
    }

    private void Move(Warp warp, ulong at, byte* line, int number)
    {
        int bytes = length * bits / 8, piece = Math.Min(bytes, 4);
        StateSpace where = space;
        if (where == StateSpace.Generic)
            (where, at) = MemoryReference.FromGeneric(warp, 0, at);
        Allocation allocation = MemoryReference.Locate(warp, where, at, bytes, 0);
        long offset = (long)(MemoryReference.Offset(where, at) - allocation.Address);
        warp.Begin(Line);
        for (int i = 0; i < bytes; i += piece)
        {
            warp.SetLane((number * bytes + i) / piece % Warp.Lanes);
            if (isStore)
                allocation.Shadow.Write(allocation, offset + i, piece, warp.Access, line + i, Stored(allocation, i, piece));
            else
                Loaded(allocation, offset + i, i, piece, warp.Access);
        }
        if (isStore)
        {
            MemoryOrder.Overwrite(warp, allocation, offset, bytes);
            Buffer.MemoryCopy(line, allocation.Data + offset, bytes, bytes);
        }
        else
        {
            Buffer.MemoryCopy(allocation.Data + offset, line, bytes, bytes);
        }
    }

    private UnwrittenBytes Stored(Allocation to, int at, int count)
    {
        UnwrittenBytes bytes = default;
        for (int i = 0; i < count; i++)
        {
            Unwritten one = missing[(at + i) * 8 / bits];
            if (!one.Any)
                continue;
            if (to.Space == StateSpace.Global)
                throw UnwrittenRegisters.Used(this, "what is put into global memory", one, 0);
            bytes = bytes.With(i, 1, one.Bytes.IsComputed);
        }
        return bytes;
    }

    private void Loaded(Allocation from, long offset, int at, int count, Access access)
    {
        UnwrittenBytes bytes = from.Shadow.Read(from, offset, count, access);
        for (int i = at * 8 / bits; i < (at + count) * 8 / bits; i++)
        {
            missing[i] = !bytes.Part(i * bits / 8 - at, Math.Max(bits / 8, 1)).Any ? default : new Unwritten(bytes,
                new UnwrittenOrigin(Line, from.SpaceText, from.Name, from.Address + (ulong)offset));
        }
    }

    private void Gather(Warp warp, int line, byte* to)
    {
        new Span<byte>(to, length * bits / 8).Clear();
        for (int i = 0; i < length; i++)
        {
            (int row, int column) = byColumns ? (i, line) : (line, i);
            ulong value = fragment.Read(warp, row, column);
            missing[i] = fragment.Missing(warp, row, column);
            for (int bit = 0; bit < bits; bit += 8)
                to[(i * bits + bit) / 8] |= (byte)(value >> bit << (bits < 8 ? i * bits % 8 : 0));
        }
    }

    private void Scatter(Warp warp, int line, byte* from)
    {
        for (int i = 0; i < length; i++)
        {
            ulong value = 0;
            for (int bit = 0; bit < bits; bit += 8)
                value |= (ulong)from[(i * bits + bit) / 8] << bit;
            if (bits < 8)
                value = value >> i * bits % 8 & (1u << bits) - 1;
            (int row, int column) = byColumns ? (i, line) : (line, i);
            fragment.Write(warp, row, column, value);
            if (missing[i].Any)
                fragment.Lack(row, column, missing[i]);
        }
    }
}
