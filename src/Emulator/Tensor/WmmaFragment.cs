using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// The registers of a wmma matrix. PTX leaves open which lane keeps which element (PTX ISA 9.7.14.4); here a lane keeps a stretch of them,
/// row by row. Halves of A and B have more room than elements: each stands there more than once, and the first counts.
/// </summary>
internal sealed unsafe class WmmaFragment(int columns, int elements, PtxType type, int[] registers)
{
    private readonly int bits = type.MatrixBits();
    private readonly int registerBytes = type == PtxType.F64 ? 8 : 4;
    private readonly int perLane = elements / Warp.Lanes;

    /// <summary>For each register and lane, bytes that nobody wrote; null while there are none.</summary>
    private Unwritten[]? missing;

    public ulong Read(Warp warp, int row, int column)
    {
        (int lane, int at) = Math.DivRem(row * columns + column, perLane);
        return Get(warp, lane, at);
    }

    public void Write(Warp warp, int row, int column, ulong value)
    {
        (int lane, int at) = Math.DivRem(row * columns + column, perLane);
        for (int room = registers.Length * registerBytes * 8 / bits; at < room; at += perLane)
            Set(warp, lane, at, value);
    }

    /// <summary>What of an element nobody wrote.</summary>
    public Unwritten Missing(Warp warp, int row, int column)
    {
        (int lane, int at) = Math.DivRem(row * columns + column, perLane);
        (int register, int first, int count) = Place(at);
        if (warp.Ready[registers[register]] == ~0u)
            return default;
        Unwritten all = warp.Unwritten.Of(registers[register], lane);
        return all with { Bytes = all.Bytes.Part(first, count) };
    }

    /// <summary>An element that was written with bytes which nobody wrote.</summary>
    public void Lack(int row, int column, Unwritten value)
    {
        missing ??= new Unwritten[registers.Length * Warp.Lanes];
        (int lane, int at) = Math.DivRem(row * columns + column, perLane);
        for (int room = registers.Length * registerBytes * 8 / bits; at < room; at += perLane)
        {
            (int register, int first, int count) = Place(at);
            ref Unwritten one = ref missing[register * Warp.Lanes + lane];
            one = one.Join(value with { Bytes = default(UnwrittenBytes).With(first, count, value.Bytes.IsComputed) });
        }
    }

    /// <summary>All elements are in their registers, which count as written but for what is missing.</summary>
    public void Settle(Warp warp)
    {
        foreach (int slot in registers)
            warp.Ready[slot] = ~0u;
        if (missing is null)
            return;
        for (int i = 0; i < missing.Length; i++)
        {
            if (missing[i].Any)
                warp.Unwritten.Set(registers[i / Warp.Lanes], i % Warp.Lanes, missing[i]);
        }
        missing = null;
    }

    private (int Register, int FirstByte, int Bytes) Place(int at)
    {
        int per = registerBytes * 8 / bits;
        return (at / per, at % per * bits / 8, Math.Max(bits / 8, 1));
    }

    private ulong Get(Warp warp, int lane, int at)
    {
        if (registerBytes == 8)
            return warp.Slot<ulong>(registers[at])[lane];
        int per = 32 / bits, shift = at % per * bits;
        return warp.Slot<uint>(registers[at / per])[lane] >> shift & (uint)((1UL << bits) - 1);
    }

    private void Set(Warp warp, int lane, int at, ulong value)
    {
        if (registerBytes == 8)
        {
            warp.Slot<ulong>(registers[at])[lane] = value;
            return;
        }
        int per = 32 / bits, shift = at % per * bits;
        uint mask = (uint)((1UL << bits) - 1) << shift;
        ref uint word = ref warp.Slot<uint>(registers[at / per])[lane];
        word = word & ~mask | (uint)value << shift & mask;
    }
}
