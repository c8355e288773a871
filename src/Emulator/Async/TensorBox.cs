using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Tensor;

namespace CogVideoX.Emulator.Async;

/// <summary>One box of a tensor map at some coordinates: its rows, each a stretch of global and of shared memory.</summary>
internal sealed unsafe class TensorBox
{
    private readonly long origin;

    private TensorBox(TensorMap map, int[] at, Allocation tensor, long start) => (Map, At, Tensor, origin) = (map, at, tensor, start);

    public TensorMap Map { get; }

    /// <summary>The buffer that the map reaches into.</summary>
    public Allocation Tensor { get; }

    private int[] At { get; }

    public static TensorBox Of(Warp warp, Decoding.Address map, LaneSlot[] coordinates, int lane, int line)
    {
        MemoryReference.Addresses(warp, map);
        ulong address = (ulong)warp.Addresses[lane];
        (TensorMap found, ulong tensor) = TensorMapPlace.Read(warp, address, lane, line);
        if (found.Dims.Length != coordinates.Length)
        {
            throw new FaultException(
                FaultKind.Invalid, $"{coordinates.Length} coordinates for a tensor map of {found.Dims.Length} dimensions")
            { Lane = lane };
        }
        if (tensor % 16 != 0)
            throw new FaultException(FaultKind.Misaligned, "the tensor of a tensor map needs 16 bytes") { Lane = lane, Address = tensor };
        Allocation buffer = warp.Cta.Launch.Globals.Locate(tensor, 1, lane);
        return new TensorBox(found, [.. coordinates.Select(c => (int)c.Read(warp, lane))], buffer, (long)(tensor - buffer.Address));
    }

    /// <summary>
    /// Calls back for each row of the box: offset of the row's bytes in the box, then the bytes of it that lie inside the tensor,
    /// as a start within the row, a length (0: none) and an offset in the buffer.
    /// </summary>
    public void Rows(Action<int, int, int, long> row)
    {
        int size = Map.ElementBytes, rowBytes = Map.Box[0] * size, rows = Map.BoxBytes / rowBytes;
        var index = new int[At.Length];
        for (int r = 0; r < rows; r++)
        {
            bool inside = true;
            long offset = origin;
            for (int i = 1, rest = r; i < At.Length; i++)
            {
                index[i] = rest % Map.Box[i];
                rest /= Map.Box[i];
                long where = (long)At[i] + index[i];
                inside &= where >= 0 && where < Map.Dims[i];
                offset += where * Map.Strides[i - 1];
            }
            long first = Math.Max(0, -(long)At[0]), last = Math.Min(Map.Box[0], Map.Dims[0] - (long)At[0]);
            int start = (int)Math.Min(first, Map.Box[0]) * size, length = inside && last > first ? (int)(last - first) * size : 0;
            row(r * rowBytes, start, length, offset + ((long)At[0] * size + start));
        }
    }

    /// <summary>Moves a row between its place in the tensor's order and its swizzled place, 16 bytes at a time.</summary>
    public void Swizzled(uint address, int offset, int bytes, Action<uint, int, int> piece)
    {
        for (int at = 0; at < bytes;)
        {
            uint place = address + (uint)(offset + at);
            int count = Math.Min(16 - (int)(place % 16), bytes - at);
            piece(MatrixDescriptor.Swizzle(place, Map.SwizzleBytes), at, count);
            at += count;
        }
    }
}
