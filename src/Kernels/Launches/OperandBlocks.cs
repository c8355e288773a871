namespace CogVideoX.Kernels.Launches;

/// <summary>Blocks of memory by address, which only grows.</summary>
internal sealed class OperandBlocks
{
    private readonly List<(nint Address, long Bytes)> blocks = [];

    public void Add(nint address, long bytes) => blocks.Add((address, bytes));

    /// <summary>The block that an address is in: its beginning, and its bytes.</summary>
    public (nint Address, long Bytes) At(nint address)
    {
        int index = blocks.BinarySearch((address, long.MaxValue));
        return blocks[~index - 1];
    }
}
