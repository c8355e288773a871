using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Histogram of the low three bits; the block that ends last weighs it.</summary>
/// <param name="x">[n]</param> <param name="histogram">[8]</param> <param name="weighted">one number</param>
[KernelName("histogram_last_block")]
public readonly struct HistogramLastBlock(View<byte> x, int n, View<uint> histogram, View<int> weighted) : IKernel
{
    private const int Bins = 8;

    [DeviceVariable]
    private static uint doneBlocks;

    public static Block Block => new(96);

    private static ReadOnlySpan<int> Weights => [1, -2, 3, -4, 5, -6, 7, -8];

    public void Run()
    {
        Shared<uint> counts = Shared.Array<uint>(Bins);
        Shared<uint> isLast = Shared.Array<uint>(1);
        if (Block.ThreadX < Bins)
            counts[Block.ThreadX] = 0;
        Block.Sync();
        for (int i = Grid.BlockX * Block.SizeX + Block.ThreadX; i < n; i += Grid.SizeX * Block.SizeX)
            Atomic.Accumulate(ref counts[x[i] % Bins], 1u);
        Block.Sync();
        if (Block.ThreadX < Bins)
            Atomic.Accumulate(ref histogram[Block.ThreadX], counts[Block.ThreadX]);
        Block.Sync();   // the adds come before the fence of thread 0: release before the counter, acquire after it
        if (Block.ThreadX == 0)
        {
            Fence.Device();
            isLast[0] = Atomic.Add(ref doneBlocks, 1u) == Grid.SizeX - 1 ? 1u : 0;
            Fence.Device();
        }
        Block.Sync();
        if (isLast[0] == 0 || Block.ThreadX != 0)
            return;
        int sum = 0;
        for (int i = 0; i < Bins; i++)
            sum += Weights[i] * (int)Volatile.Read(ref histogram[i]);
        weighted[0] = sum;
        doneBlocks = 0;
    }
}
