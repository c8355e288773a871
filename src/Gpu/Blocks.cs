using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Gpu;

/// <summary>
/// The memory of an accelerator by address. Where the accelerator has addresses (CUDA, its simulator, the emulator), they are its own;
/// an OpenCL buffer is a handle, and gets a range of addresses here that nothing else has.
/// </summary>
internal sealed class Blocks(Accelerator accelerator) : IDisposable
{
    private const long Alignment = 256;

    private readonly SortedList<nint, MemoryBuffer1D<byte, Stride1D.Dense>> blocks = [];
    private nint nextAddress = 1 << 20;

    /// <summary>How many blocks there are.</summary>
    public int Count => blocks.Count;

    public nint Allocate(long bytes)
    {
        MemoryBuffer1D<byte, Stride1D.Dense> block = accelerator.Allocate1D<byte>(bytes);
        nint address = accelerator.AcceleratorType == AcceleratorType.OpenCL ? Reserve(bytes) : block.NativePtr;
        blocks.Add(address, block);
        return address;
    }

    public void Free(nint address)
    {
        int index = blocks.IndexOfKey(address);
        MemoryBuffer1D<byte, Stride1D.Dense> block = blocks.GetValueAtIndex(index);
        blocks.RemoveAt(index);
        block.Dispose();
    }

    /// <summary>What lies at an address.</summary>
    /// <exception cref="ArgumentException">
    /// It isn't in one block, or not at a multiple of an element's size from its beginning: ILGPU would round it down.
    /// </exception>
    public ArrayView<T> View<T>(nint address, long count) where T : unmanaged
    {
        int index = Find(address);
        if (index >= 0)
        {
            MemoryBuffer1D<byte, Stride1D.Dense> block = blocks.GetValueAtIndex(index);
            long offset = address - blocks.GetKeyAtIndex(index), bytes = count * Interop.SizeOf<T>();
            if (offset + bytes <= block.LengthInBytes && offset % Interop.SizeOf<T>() == 0)
                return block.View.BaseView.SubView(offset, bytes).Cast<T>();
        }
        throw new ArgumentException(
            $"{count} elements of {Interop.SizeOf<T>()} bytes at {address:x} aren't in one block of {accelerator.Name}, aligned.",
            nameof(address));
    }

    public void Dispose()
    {
        foreach (MemoryBuffer1D<byte, Stride1D.Dense> block in blocks.Values)
            block.Dispose();
        blocks.Clear();
    }

    private nint Reserve(long bytes)
    {
        nint address = nextAddress;
        nextAddress += (nint)((bytes + 2 * Alignment - 1) / Alignment * Alignment); // a gap, so that the end of one isn't the next
        return address;
    }

    // The last block that begins at or before an address.
    private int Find(nint address)
    {
        int low = 0, high = blocks.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (blocks.GetKeyAtIndex(middle) <= address)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return high;
    }
}
