using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tensor;

/// <summary>mma.sync.aligned.m16n8k* (PTX ISA 9.7.14.5).</summary>
internal sealed unsafe class MatrixMultiply(MatrixShape shape, int[] d, int[] a, int[] b, int[] c) : Instruction
{
    private const int Rows = 16;
    private const int Columns = 8;

    private readonly MatrixElement[] left = new MatrixElement[Rows * shape.K];
    private readonly MatrixElement[] right = new MatrixElement[Columns * shape.K];
    private readonly int[] leftIntegers = new int[Rows * shape.K];
    private readonly int[] rightIntegers = new int[Columns * shape.K];

    public override void Execute(Warp warp)
    {
        warp.RequireWhole("mma.sync");
        if (warp.Live != ~0u) throw new Checking.FaultException(FaultKind.Divergent, "mma.sync needs all 32 lanes");
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        GatherA(warp);
        GatherB(warp);
        uint* results = stackalloc uint[Warp.Lanes * 4];
        for (int lane = 0; lane < Warp.Lanes; lane++)
            for (int i = 0; i < 4; i++) results[(lane * 4) + i] = Element(warp, lane, i);
        for (int lane = 0; lane < Warp.Lanes; lane++) Write(warp, lane, results + (lane * 4));
    }

    private void GatherA(Warp warp)
    {
        int per = 4 / shape.ElementBytes;
        for (int register = 0; register < a.Length; register++)
        {
            uint* values = warp.Slot<uint>(a[register]);
            for (int lane = 0; lane < Warp.Lanes; lane++)
                for (int e = 0; e < per; e++)
                    Put(left, leftIntegers, (Fragment.RowOfA(lane, register) * shape.K) + Fragment.KOf(lane, register / 2, e, per), values[lane], e, shape.A);
        }
    }

    private void GatherB(Warp warp)
    {
        int per = 4 / shape.ElementBytes;
        for (int register = 0; register < b.Length; register++)
        {
            uint* values = warp.Slot<uint>(b[register]);
            for (int lane = 0; lane < Warp.Lanes; lane++)
                for (int e = 0; e < per; e++)
                    Put(right, rightIntegers, ((lane >> 2) * shape.K) + Fragment.KOf(lane, register, e, per), values[lane], e, shape.B);
        }
    }

    private void Put(MatrixElement[] floats, int[] integers, int at, uint word, int element, PtxType type)
    {
        int bits = shape.ElementBytes * 8;
        uint value = bits == 32 ? word : word >> element * bits & (1u << bits) - 1;
        if (shape.IsInteger) integers[at] = type == PtxType.S8 ? (sbyte)value : (int)value;
        else floats[at] = MatrixElement.Of(value, type);
    }

    private uint Element(Warp warp, int lane, int i)
    {
        int row = Fragment.RowOfC(lane, i), column = Fragment.ColumnOfC(lane, i), k = shape.K;
        uint addend = shape.C == PtxType.F16 ? warp.Slot<ushort>(c[i / 2])[(lane * 2) + (i & 1)] : warp.Slot<uint>(c[i])[lane];
        if (shape.IsInteger) return Integer(row, column, (int)addend);
        return MatrixSum.Dot(left.AsSpan(row * k, k), right.AsSpan(column * k, k), shape.A, shape.B, addend, shape.C, warp.Cta.Launch.MatrixRule);
    }

    private uint Integer(int row, int column, int addend)
    {
        long sum = addend;
        for (int k = 0; k < shape.K; k++) sum += leftIntegers[(row * shape.K) + k] * rightIntegers[(column * shape.K) + k];
        return shape.Saturate ? (uint)long.Clamp(sum, int.MinValue, int.MaxValue) : (uint)sum;
    }

    private void Write(Warp warp, int lane, uint* results)
    {
        if (shape.D == PtxType.F16)
            for (int i = 0; i < 2; i++) warp.Slot<uint>(d[i])[lane] = results[2 * i] | results[(2 * i) + 1] << 16;
        else
            for (int i = 0; i < 4; i++) warp.Slot<uint>(d[i])[lane] = results[i];
    }
}
