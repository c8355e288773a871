using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// mma.m8n8k4 of halves (PTX ISA 9.7.14.5.1): four products at once, each by eight lanes: four neighbours and those 16 above.
/// </summary>
internal sealed unsafe class QuadMultiply(MatrixTypes types, bool aByRows, bool bByRows, int[] d, int[] a, int[] b, int[] c) : Instruction
{
    private const int Size = 8, Depth = 4, Groups = 4;

    private readonly WholeProduct[] products = [.. Enumerable.Range(0, Groups).Select(_ => new WholeProduct(types, Size, Size, Depth))];
    private readonly uint[] results = new uint[Warp.Lanes * Size];

    public override long TensorWork => 2L * Groups * Size * Size * Depth;

    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "mma.sync"))
            return;
        if (warp.Live != ~0u)
            throw new FaultException(FaultKind.Divergent, "mma.sync needs all 32 lanes");
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        for (int lane = 0; lane < Warp.Lanes; lane++)
            Gather(warp, lane, products[lane / 4 % Groups]);
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            for (int i = 0; i < Size; i++)
            {
                // C and D may be of different types, and then their elements stand in other places
                (int row, int column) = Place(types.D, lane, i);
                results[lane * Size + i] = (uint)products[lane / 4 % Groups].Element(row, column, Addend(warp, lane, row, column),
                    warp.Cta.Launch.MatrixRule);
            }
        }
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            for (int i = 0; i < Size; i++)
            {
                if (types.D == PtxType.F32)
                    warp.Slot<uint>(d[i])[lane] = results[lane * Size + i];
                else
                    warp.Slot<ushort>(d[i / 2])[lane * 2 + (i & 1)] = (ushort)results[lane * Size + i];
            }
        }
    }

    /// <summary>Row or column of a lane among the eight of its group.</summary>
    private static int InGroup(int lane) => lane % 4 + (lane < 16 ? 0 : 4);

    private static (int Row, int Column) Place(PtxType type, int lane, int i) => type == PtxType.F32
        ? ((lane & 1) + (i & 2) + (lane < 16 ? 0 : 4), (i & 4) + (lane & 2) + (i & 1)) : (InGroup(lane), i);

    private void Gather(Warp warp, int lane, WholeProduct product)
    {
        for (int i = 0; i < Depth; i++)
        {
            ulong left = warp.Slot<ushort>(a[i / 2])[lane * 2 + (i & 1)], right = warp.Slot<ushort>(b[i / 2])[lane * 2 + (i & 1)];
            int others = i + (lane < 16 ? 0 : 4);
            if (aByRows)
                product.SetA(InGroup(lane), i, left);
            else
                product.SetA(others, lane % 4, left);
            if (bByRows)
                product.SetB(lane % 4, others, right);
            else
                product.SetB(i, InGroup(lane), right);
        }
    }

    private ulong Addend(Warp warp, int lane, int row, int column)
    {
        int first = lane / 4 % Groups * 4;
        for (int other = 0; other < 8; other++)
        {
            int holder = first + other % 4 + (other < 4 ? 0 : 16);
            for (int i = 0; i < Size; i++)
            {
                if (Place(types.C, holder, i) == (row, column))
                    return types.C == PtxType.F32 ? warp.Slot<uint>(c[i])[holder] : warp.Slot<ushort>(c[i / 2])[holder * 2 + (i & 1)];
            }
        }
        throw new InvalidOperationException("Every element has a place.");
    }
}
