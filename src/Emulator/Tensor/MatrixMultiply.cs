using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tensor;

/// <summary>mma.sync.aligned.m16n8k* (PTX ISA 9.7.14.5).</summary>
internal sealed unsafe class MatrixMultiply(MatrixShape shape, int[] d, int[] a, int[] b, int[] c) : Instruction(marksDestinations: true)
{
    private const int Rows = 16;
    private const int Columns = 8;

    private readonly MatrixOperand left = new(Rows * shape.K);
    private readonly MatrixOperand right = new(shape.K * Columns);
    private readonly int[] leftIntegers = new int[Rows * shape.K];
    private readonly int[] rightIntegers = new int[shape.K * Columns];
    private MatrixProduct? product;

    public override bool MayCarry(int slot) => slot != Guard;

    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "mma.sync")) return;
        if (warp.Live != ~0u) throw new Checking.FaultException(FaultKind.Divergent, "mma.sync needs all 32 lanes");
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        Unwritten[]? missing = Missing(warp);
        GatherA(warp);
        GatherB(warp);
        Span<uint> sums = stackalloc uint[Rows * Columns];
        for (int lane = 0; lane < Warp.Lanes; lane++)
            for (int i = 0; i < 4; i++) sums[At(lane, i)] = Addend(warp, lane, i);
        if (shape.IsInteger) Integers(sums);
        else (product ??= new MatrixProduct(shape.K, Columns, shape.A, shape.B, shape.C, warp.Cta.Launch.MatrixRule)).Run(left, right, sums);
        for (int lane = 0; lane < Warp.Lanes; lane++) Write(warp, lane, sums);
        foreach (int slot in d) warp.Ready[slot] = ~0u;
        if (missing is null) return;
        for (int i = 0; i < missing.Length; i++)
            if (missing[i].Any) warp.Unwritten.Set(d[i / Warp.Lanes], i % Warp.Lanes, missing[i].AsComputed());
    }

    private static int At(int lane, int i) => (Fragment.RowOfC(lane, i) * Columns) + Fragment.ColumnOfC(lane, i);

    private void GatherA(Warp warp)
    {
        int per = 4 / shape.ElementBytes;
        left.Clear();
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
        right.Clear();
        for (int register = 0; register < b.Length; register++)
        {
            uint* values = warp.Slot<uint>(b[register]);
            for (int lane = 0; lane < Warp.Lanes; lane++)
                for (int e = 0; e < per; e++)
                    Put(right, rightIntegers, (Fragment.KOf(lane, register, e, per) * Columns) + (lane >> 2), values[lane], e, shape.B);
        }
    }

    private void Put(MatrixOperand floats, int[] integers, int at, uint word, int element, PtxType type)
    {
        int bits = shape.ElementBytes * 8;
        uint value = bits == 32 ? word : word >> element * bits & (1u << bits) - 1;
        if (shape.IsInteger) integers[at] = type == PtxType.S8 ? (sbyte)value : (int)value;
        else floats.Set(at, value, type);
    }

    private uint Addend(Warp warp, int lane, int i) =>
        shape.C == PtxType.F16 ? warp.Slot<ushort>(c[i / 2])[(lane * 2) + (i & 1)] : warp.Slot<uint>(c[i])[lane];

    private void Integers(Span<uint> sums)
    {
        for (int at = 0; at < sums.Length; at++)
        {
            long sum = (int)sums[at];
            for (int k = 0; k < shape.K; k++) sum += leftIntegers[(at / Columns * shape.K) + k] * rightIntegers[(k * Columns) + (at % Columns)];
            sums[at] = shape.Saturate ? (uint)long.Clamp(sum, int.MinValue, int.MaxValue) : (uint)sum;
        }
    }

    private void Write(Warp warp, int lane, ReadOnlySpan<uint> sums)
    {
        if (shape.D == PtxType.F16)
            for (int i = 0; i < 2; i++) warp.Slot<uint>(d[i])[lane] = sums[At(lane, 2 * i)] | sums[At(lane, (2 * i) + 1)] << 16;
        else
            for (int i = 0; i < 4; i++) warp.Slot<uint>(d[i])[lane] = sums[At(lane, i)];
    }

    /// <summary>What of D nobody wrote: rows whose A, columns whose B and elements whose C are unwritten; null if there is nothing.</summary>
    private Unwritten[]? Missing(Warp warp)
    {
        bool all = true;
        foreach (int slot in Sources) all &= warp.Ready[slot] == ~0u;
        if (all) return null;
        var rows = new Unwritten[Rows];
        var columns = new Unwritten[Columns];
        var missing = new Unwritten[d.Length * Warp.Lanes];
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            for (int register = 0; register < a.Length; register++) Join(ref rows[Fragment.RowOfA(lane, register)], warp.Unwritten.Of(a[register], lane));
            foreach (int slot in b) Join(ref columns[lane >> 2], warp.Unwritten.Of(slot, lane));
        }
        int perRegister = 4 / d.Length, perAddend = 4 / c.Length;
        for (int lane = 0; lane < Warp.Lanes; lane++)
            for (int i = 0; i < 4; i++)
            {
                ref Unwritten one = ref missing[(i / perRegister * Warp.Lanes) + lane];
                Join(ref one, rows[Fragment.RowOfC(lane, i)]);
                Join(ref one, columns[Fragment.ColumnOfC(lane, i)]);
                Join(ref one, warp.Unwritten.Of(c[i / perAddend], lane));
            }
        return missing;
    }

    private static void Join(ref Unwritten to, Unwritten from)
    {
        if (from.Any) to = to.Join(from);
    }
}
