using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// wgmma.mma_async (PTX ISA 9.7.15.5.2): each warp of the warpgroup makes its 16 rows. Shared memory is checked and booked when
/// the product is issued; it is read, and the accumulators change, when it takes effect.
/// </summary>
internal sealed unsafe class Wgmma(
    MatrixShape shape, int columns, int[] d, int[] a, int descriptorA, int descriptorB, PredicateSource scale,
    (int A, int B) signs, (bool A, bool B) transposed) : Instruction
{
    private const int Rows = 16;

    public override long TensorWork => 2L * Rows * columns * shape.K * shape.ElementBytes / 2;

    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "wgmma"))
            return;
        if (warp.Live != ~0u)
            throw new FaultException(FaultKind.Divergent, "wgmma needs all 32 lanes");
        warp.Cta.Warpgroups.Step(warp, this);
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        bool accumulates = ((warp.Predicate(scale.Slot) ^ scale.Flip) & 1) != 0;
        SelfChannel channel = warp.Async.Channel(Actor.Wgmma, warp.Cta);
        int group = channel.LastUsed[0] = channel.Group[0];
        if (accumulates)
        {
            foreach (int slot in d)
            {
                if (warp.Ready[slot] != ~0u && !warp.Wgmma.IsPending(slot))
                    throw Missing(warp, slot);
            }
        }
        warp.Wgmma.Issue(warp, d, a, group);
        Access access = Begin(warp, channel, group);
        nint[] left = a.Length > 0 ? [] : Pieces(warp, access, descriptorA, warp.Number % 4 * Rows, Rows, transposed.A);
        nint[] right = Pieces(warp, access, descriptorB, 0, columns, transposed.B);
        var operation = new AsyncOperation(Actor.Wgmma, warp, 0, group, () => Compute(warp, left, right, accumulates));
        AsyncWork.Issue(warp, operation, inOrder: true);
    }

    private FaultException Missing(Warp warp, int slot)
    {
        int lane = int.TrailingZeroCount((int)~warp.Ready[slot]);
        return UnwrittenRegisters.Used(this, "'wgmma'", warp.Unwritten.Of(slot, lane), lane);
    }

    private Access Begin(Warp warp, SelfChannel channel, int group)
    {
        Access access = warp.Begin(Line);
        access.Actor = Actor.Wgmma;
        access.Entity = channel.Entity;
        access.Mask = 1;
        access.Clock = group;
        access.IssuerMask = ~0u;
        access.Lane = 0;
        access.Knowledge = warp.Together(~0u);
        return access;
    }

    /// <summary>Pointers to the 16-byte pieces of an operand, line by line of its stored order.</summary>
    private nint[] Pieces(Warp warp, Access access, int slot, int first, int count, bool byK)
    {
        var descriptor = new MatrixDescriptor(warp.Slot<ulong>(slot)[0]);
        int lines = byK ? shape.K : count, start = byK ? 0 : first, bytes = (byK ? count : shape.K) * shape.ElementBytes;
        int skipped = byK ? first * shape.ElementBytes : 0;
        var pieces = new nint[lines * (bytes / 16)];
        for (int i = 0, line = start; line < start + lines; line++)
        {
            for (int at = 0; at < bytes; at += 16, i++)
            {
                uint address = descriptor.AddressOf(line, skipped + at, !byK);
                Allocation allocation = warp.Cta.Shared.Locate(address, 16, 0);
                allocation.Shadow.ReadWritten(allocation, address - (long)allocation.Address, 16, access);
                pieces[i] = (nint)(allocation.Data + (address - allocation.Address));
            }
        }
        return pieces;
    }

    private void Compute(Warp warp, nint[] left, nint[] right, bool accumulates)
    {
        MatrixOperand rows = a.Length > 0
            ? FromRegisters(warp) : Gather(left, Rows, shape.A, transposed.A, (line, k) => line * shape.K + k);
        MatrixOperand lines = Gather(right, columns, shape.B, transposed.B, (line, k) => k * columns + line);
        if (signs.A < 0)
            rows.Negate();
        if (signs.B < 0)
            lines.Negate();
        bool half = shape.D == PtxType.F16;
        var sums = new uint[Rows * columns];
        if (accumulates)
        {
            for (int at = 0; at < sums.Length; at++)
            {
                (int lane, int i) = Fragment.OfC(at / columns, at % columns);
                sums[at] = half ? warp.Slot<ushort>(d[i / 2])[lane * 2 + (i & 1)] : warp.Slot<uint>(d[i])[lane];
            }
        }
        new MatrixProduct(shape.K, columns, shape.A, shape.B, shape.D, warp.Cta.Launch.MatrixRule).Run(rows, lines, sums);
        for (int at = 0; at < sums.Length; at++)
        {
            (int lane, int i) = Fragment.OfC(at / columns, at % columns);
            if (half)
                warp.Slot<ushort>(d[i / 2])[lane * 2 + (i & 1)] = (ushort)sums[at];
            else
                warp.Slot<uint>(d[i])[lane] = sums[at];
        }
    }

    /// <param name="place">where in the operand an element of a line (a row of A, a column of B) and a k stands</param>
    private MatrixOperand Gather(nint[] pieces, int count, PtxType type, bool byK, Func<int, int, int> place)
    {
        int per = 16 / shape.ElementBytes, k = shape.K, line = (byK ? count : k) / per;
        var elements = new MatrixOperand(count * k);
        for (int piece = 0; piece < pieces.Length; piece++)
        {
            for (int e = 0; e < per; e++)
            {
                int along = piece % line * per + e, across = piece / line;
                elements.Set(byK ? place(along, across) : place(across, along), Bits((byte*)pieces[piece], e), type);
            }
        }
        return elements;
    }

    private uint Bits(byte* piece, int element) => shape.ElementBytes switch
    {
        1 => piece[element],
        2 => ((ushort*)piece)[element],
        _ => ((uint*)piece)[element],
    };

    private MatrixOperand FromRegisters(Warp warp)
    {
        int per = 4 / shape.ElementBytes;
        var elements = new MatrixOperand(Rows * shape.K);
        for (int register = 0; register < a.Length; register++)
        {
            for (int lane = 0; lane < Warp.Lanes; lane++)
            {
                for (int e = 0; e < per; e++)
                {
                    uint bits = Bits((byte*)(warp.Slot<uint>(a[register]) + lane), e);
                    elements.Set(Fragment.RowOfA(lane, register) * shape.K + Fragment.KOf(lane, register / 2, e, per), bits, shape.A);
                }
            }
        }
        return elements;
    }
}
