using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

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

    public override void Execute(Warp warp)
    {
        warp.RequireWhole("wgmma");
        if (warp.Live != ~0u) throw new FaultException(FaultKind.Divergent, "wgmma needs all 32 lanes");
        warp.Cta.Warpgroups.Step(warp, this);
        warp.Cta.Launch.Counters.MatrixMultiplies++;
        bool accumulates = ((warp.Predicate(scale.Slot) ^ scale.Flip) & 1) != 0;
        SelfChannel channel = warp.Async.Channel(Actor.Wgmma, warp.Cta);
        int group = channel.LastUsed[0] = channel.Group[0];
        if (accumulates)
            foreach (int slot in d)
                if (warp.Ready[slot] != ~0u && !warp.Wgmma.IsPending(slot)) throw RegisterFaults.Unreadable(warp, this, slot, warp.Active);
        warp.Wgmma.Issue(warp, d, a, group);
        Access access = Begin(warp, channel, group);
        nint[] left = a.Length > 0 ? [] : Pieces(warp, access, descriptorA, warp.Number % 4 * Rows, Rows, transposed.A);
        nint[] right = Pieces(warp, access, descriptorB, 0, columns, transposed.B);
        var operation = new AsyncOperation(Actor.Wgmma, warp, 0, group, () => Compute(warp, left, right, accumulates));
        AsyncWork.Issue(warp, operation, inOrder: true);
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
            for (int at = 0; at < bytes; at += 16, i++)
            {
                uint address = descriptor.AddressOf(line, skipped + at, !byK);
                Allocation allocation = warp.Cta.Shared.Locate(address, 16, 0);
                allocation.Shadow.Read(allocation, address - (long)allocation.Address, 16, access);
                pieces[i] = (nint)(allocation.Data + (address - allocation.Address));
            }
        return pieces;
    }

    private void Compute(Warp warp, nint[] left, nint[] right, bool accumulates)
    {
        MatrixElement[] rows = a.Length > 0 ? FromRegisters(warp) : Gather(left, Rows, shape.A, transposed.A);
        MatrixElement[] columnsOfB = Gather(right, columns, shape.B, transposed.B);
        Negate(rows, signs.A);
        Negate(columnsOfB, signs.B);
        int perLane = columns / 2, k = shape.K;
        bool half = shape.D == PtxType.F16;
        for (int i = 0; i < perLane; i++)
            for (int lane = 0; lane < Warp.Lanes; lane++)
            {
                int row = Fragment.RowOfC(lane, i), column = Fragment.ColumnOfC(lane, i);
                uint c = !accumulates ? 0 : half ? warp.Slot<ushort>(d[i / 2])[(lane * 2) + (i & 1)] : warp.Slot<uint>(d[i])[lane];
                uint sum = MatrixSum.Dot(rows.AsSpan(row * k, k), columnsOfB.AsSpan(column * k, k), shape.A, shape.B, c, shape.D, warp.Cta.Launch.MatrixRule);
                if (half) warp.Slot<ushort>(d[i / 2])[(lane * 2) + (i & 1)] = (ushort)sum;
                else warp.Slot<uint>(d[i])[lane] = sum;
            }
    }

    private MatrixElement[] Gather(nint[] pieces, int count, PtxType type, bool byK)
    {
        int per = 16 / shape.ElementBytes, k = shape.K, line = (byK ? count : k) / per;
        var elements = new MatrixElement[count * k];
        for (int piece = 0; piece < pieces.Length; piece++)
            for (int e = 0; e < per; e++)
            {
                int along = (piece % line * per) + e, across = piece / line;
                int at = byK ? (along * k) + across : (across * k) + along;
                elements[at] = MatrixElement.Of(Bits((byte*)pieces[piece], e), type);
            }
        return elements;
    }

    private uint Bits(byte* piece, int element) => shape.ElementBytes switch
    {
        1 => piece[element],
        2 => ((ushort*)piece)[element],
        _ => ((uint*)piece)[element],
    };

    private MatrixElement[] FromRegisters(Warp warp)
    {
        int per = 4 / shape.ElementBytes;
        var elements = new MatrixElement[Rows * shape.K];
        for (int register = 0; register < a.Length; register++)
            for (int lane = 0; lane < Warp.Lanes; lane++)
                for (int e = 0; e < per; e++)
                {
                    uint bits = Bits((byte*)(warp.Slot<uint>(a[register]) + lane), e);
                    elements[(Fragment.RowOfA(lane, register) * shape.K) + Fragment.KOf(lane, register / 2, e, per)] = MatrixElement.Of(bits, shape.A);
                }
        return elements;
    }

    private static void Negate(MatrixElement[] elements, int sign)
    {
        if (sign > 0) return;
        for (int i = 0; i < elements.Length; i++)
            elements[i] = new MatrixElement(-elements[i].Significand, elements[i].Exponent, elements[i].Special);
    }
}
