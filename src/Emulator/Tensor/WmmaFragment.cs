using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// The registers of a wmma matrix. PTX leaves open which lane keeps which element (PTX ISA 9.7.14.4); here a lane keeps a stretch of them, row by
/// row. Halves of A and B have more room than elements: each stands there more than once, and the first counts.
/// </summary>
internal sealed unsafe class WmmaFragment(int columns, int elements, PtxType type, int[] registers)
{
    private readonly int bits = type.MatrixBits();
    private readonly int registerBytes = type == PtxType.F64 ? 8 : 4;
    private readonly int perLane = elements / Warp.Lanes;

    public ulong Read(Warp warp, int row, int column)
    {
        (int lane, int at) = Math.DivRem(row * columns + column, perLane);
        return Get(warp, lane, at);
    }

    public void Write(Warp warp, int row, int column, ulong value)
    {
        (int lane, int at) = Math.DivRem(row * columns + column, perLane);
        for (int room = registers.Length * registerBytes * 8 / bits; at < room; at += perLane) Set(warp, lane, at, value);
    }

    private ulong Get(Warp warp, int lane, int at)
    {
        if (registerBytes == 8) return warp.Slot<ulong>(registers[at])[lane];
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
