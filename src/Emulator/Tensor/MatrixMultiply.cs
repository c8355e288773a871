using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Emulator.Execution;

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
    private readonly int perRegister = 4 / shape.ElementBytes;
    private MatrixProduct? product;

    public override long TensorWork => 2L * Rows * Columns * shape.K * shape.ElementBytes / 2;

    public override bool MayCarry(int slot) => slot != Guard;

    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "mma.sync"))
            return;
        if (warp.Live != ~0u)
            throw new Checking.FaultException(FaultKind.Divergent, "mma.sync needs all 32 lanes");
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        Unwritten[]? missing = Missing(warp);
        GatherA(warp);
        GatherB(warp);
        product ??= new MatrixProduct(shape.K, Columns, shape.A, shape.B, shape.C, warp.Cta.Launch.MatrixRule);
        if (!shape.IsInteger && shape.C == PtxType.F32 && shape.D == PtxType.F32 && Avx2.IsSupported)
            RowPairs(warp, product);
        else
            Elements(warp, product);
        foreach (int slot in d)
            warp.Ready[slot] = ~0u;
        if (missing is null)
            return;
        for (int i = 0; i < missing.Length; i++)
        {
            if (missing[i].Any)
                warp.Unwritten.Set(d[i / Warp.Lanes], i % Warp.Lanes, missing[i].AsComputed());
        }
    }

    /// <summary>
    /// Eight lanes of two neighbouring registers hold two rows of C and D: taken together, every other element is the next column.
    /// </summary>
    private void RowPairs(Warp warp, MatrixProduct product)
    {
        for (int half = 0; half < 2; half++)
        {
            for (int lane = 0; lane < Warp.Lanes; lane += 8)
            {
                Vector256<int> even = Vector256.Load(warp.Slot<int>(c[2 * half]) + lane);
                Vector256<int> odd = Vector256.Load(warp.Slot<int>(c[2 * half + 1]) + lane);
                (Vector256<int> first, Vector256<int> second) = Interleave(even, odd);
                int row = lane / 4 + half * 8;
                Vector256<float> x = product.Eight(left, right, row, 0, first.AsUInt32()).AsSingle();
                Vector256<float> y = product.Eight(left, right, row + 1, 0, second.AsUInt32()).AsSingle();
                Avx2.Permute4x64(Avx.Shuffle(x, y, 0b10_00_10_00).AsInt64(), 0b11_01_10_00).AsInt32()
                    .Store(warp.Slot<int>(d[2 * half]) + lane);
                Avx2.Permute4x64(Avx.Shuffle(x, y, 0b11_01_11_01).AsInt64(), 0b11_01_10_00).AsInt32()
                    .Store(warp.Slot<int>(d[2 * half + 1]) + lane);
            }
        }
    }

    private void Elements(Warp warp, MatrixProduct product)
    {
        Span<uint> sums = stackalloc uint[Rows * Columns];
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            for (int i = 0; i < 4; i++)
                sums[At(lane, i)] = Addend(warp, lane, i);
        }
        if (shape.IsInteger)
            Integers(sums);
        else
            product.Run(left, right, sums);
        for (int lane = 0; lane < Warp.Lanes; lane++)
            Write(warp, lane, sums);
    }

    private static int At(int lane, int i) => Fragment.RowOfC(lane, i) * Columns + Fragment.ColumnOfC(lane, i);

    private static (Vector256<int> Low, Vector256<int> High) Interleave(Vector256<int> even, Vector256<int> odd)
    {
        Vector256<int> low = Avx2.UnpackLow(even, odd), high = Avx2.UnpackHigh(even, odd);
        return (Avx2.Permute2x128(low, high, 0x20), Avx2.Permute2x128(low, high, 0x31));
    }

    private void GatherA(Warp warp)
    {
        left.Clear();
        for (int register = 0; register < a.Length; register++)
        {
            if (perRegister == 2 && Avx2.IsSupported)
            {
                PairsOfA(warp, register);
            }
            else
            {
                Each(
                    warp, a[register],
                    (lane, e) => Fragment.RowOfA(lane, register) * shape.K + Fragment.KOf(lane, register / 2, e, perRegister),
                left, leftIntegers, shape.A);
            }
        }
    }

    /// <summary>A register of four neighbouring lanes holds eight neighbours of a row.</summary>
    private void PairsOfA(Warp warp, int register)
    {
        int* words = warp.Slot<int>(a[register]);
        for (int lane = 0; lane < Warp.Lanes; lane += 8)
        {
            Vector256<int> word = Vector256.Load(words + lane);
            (Vector256<int> first, Vector256<int> second) = Interleave(word & Vector256.Create(0xffff), word >>> 16);
            int at = Fragment.RowOfA(lane, register) * shape.K + register / 2 * 8;
            left.Set(at, first, shape.A);
            left.Set(at + shape.K, second, shape.A);
        }
    }

    private void GatherB(Warp warp)
    {
        right.Clear();
        for (int register = 0; register < b.Length; register++)
        {
            if (perRegister == 2 && Avx2.IsSupported)
            {
                PairsOfB(warp, register);
            }
            else
            {
                Each(
                    warp, b[register], (lane, e) => Fragment.KOf(lane, register, e, perRegister) * Columns + (lane >> 2), right,
                    rightIntegers, shape.B);
            }
        }
    }

    /// <summary>Lanes 0, 4, 8… of a register hold a row of B, the next ones those below.</summary>
    private void PairsOfB(Warp warp, int register)
    {
        int* words = warp.Slot<int>(b[register]);
        Vector256<int> every = Vector256.Create(0, 4, 8, 12, 16, 20, 24, 28);
        for (int pair = 0; pair < 4; pair++)
        {
            Vector256<int> word = Avx2.GatherVector256(words + pair, every, sizeof(int));
            int at = Fragment.KOf(pair, register, 0, 2) * Columns;
            right.Set(at, word & Vector256.Create(0xffff), shape.B);
            right.Set(at + Columns, word >>> 16, shape.B);
        }
    }

    private void Each(Warp warp, int slot, Func<int, int, int> place, MatrixOperand floats, int[] integers, PtxType type)
    {
        uint* values = warp.Slot<uint>(slot);
        int bits = shape.ElementBytes * 8;
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            for (int e = 0; e < perRegister; e++)
            {
                uint value = bits == 32 ? values[lane] : values[lane] >> e * bits & (1u << bits) - 1;
                if (shape.IsInteger)
                    integers[place(lane, e)] = type == PtxType.S8 ? (sbyte)value : (int)value;
                else
                    floats.Set(place(lane, e), value, type);
            }
        }
    }

    private uint Addend(Warp warp, int lane, int i) =>
        shape.C == PtxType.F16 ? warp.Slot<ushort>(c[i / 2])[lane * 2 + (i & 1)] : warp.Slot<uint>(c[i])[lane];

    private void Integers(Span<uint> sums)
    {
        for (int at = 0; at < sums.Length; at++)
        {
            long sum = (int)sums[at];
            for (int k = 0; k < shape.K; k++)
                sum += leftIntegers[at / Columns * shape.K + k] * rightIntegers[k * Columns + at % Columns];
            sums[at] = shape.Saturate ? (uint)long.Clamp(sum, int.MinValue, int.MaxValue) : (uint)sum;
        }
    }

    private void Write(Warp warp, int lane, ReadOnlySpan<uint> sums)
    {
        if (shape.D == PtxType.F16)
        {
            for (int i = 0; i < 2; i++)
                warp.Slot<uint>(d[i])[lane] = sums[At(lane, 2 * i)] | sums[At(lane, 2 * i + 1)] << 16;
        }
        else
        {
            for (int i = 0; i < 4; i++)
                warp.Slot<uint>(d[i])[lane] = sums[At(lane, i)];
        }
    }

    /// <summary>
    /// What of D nobody wrote: rows whose A, columns whose B and elements whose C are unwritten; null if there is nothing.
    /// </summary>
    private Unwritten[]? Missing(Warp warp)
    {
        uint all = ~0u;
        foreach (int slot in a)
            all &= warp.Ready[slot];
        foreach (int slot in b)
            all &= warp.Ready[slot];
        foreach (int slot in c)
            all &= warp.Ready[slot];
        if (all == ~0u)
            return null;
        var rows = new Unwritten[Rows];
        var columns = new Unwritten[Columns];
        var missing = new Unwritten[d.Length * Warp.Lanes];
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            for (int register = 0; register < a.Length; register++)
                Join(ref rows[Fragment.RowOfA(lane, register)], warp.Unwritten.Of(a[register], lane));
            foreach (int slot in b)
                Join(ref columns[lane >> 2], warp.Unwritten.Of(slot, lane));
        }
        int perResult = 4 / d.Length, perAddend = 4 / c.Length;
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                ref Unwritten one = ref missing[i / perResult * Warp.Lanes + lane];
                Join(ref one, rows[Fragment.RowOfC(lane, i)]);
                Join(ref one, columns[Fragment.ColumnOfC(lane, i)]);
                Join(ref one, warp.Unwritten.Of(c[i / perAddend], lane));
            }
        }
        return missing;
    }

    private static void Join(ref Unwritten to, Unwritten from)
    {
        if (from.Any)
            to = to.Join(from);
    }
}
