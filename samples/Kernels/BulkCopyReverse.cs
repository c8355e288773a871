using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Reverses 256 floats a block: a bulk copy in, ordinary accesses, a bulk copy out.</summary>
/// <param name="x">[blocks, 256]</param> <param name="y">[blocks, 256]</param>
[KernelName("bulk_copy_reverse")]
public readonly struct BulkCopyReverse(View<float> x, View<float> y) : IKernel
{
    private const int Items = 256, Bytes = Items * sizeof(float);

    public static Block Block => new(Items);

    public void Run()
    {
        Shared<float> input = Shared.Array<float>(Items, 128), reversed = Shared.Array<float>(Items, 128);
        MBarrier full = MBarrier.Array(1);
        if (Block.ThreadX == 0)
        {
            full.Initialize(1);
            MBarrier.FenceInitialization();
        }
        Block.Sync();
        if (Block.ThreadX == 0)
        {
            full.ArriveExpecting(Bytes);
            Tma.Load(ref input[0], ref x[Grid.BlockX * Items], Bytes, full);
        }
        full.Wait(0);
        reversed[Block.ThreadX] = input[Items - 1 - Block.ThreadX];
        Fence.AsyncProxy();
        Block.Sync();
        if (Block.ThreadX != 0)
            return;
        Tma.Store(ref y[Grid.BlockX * Items], ref reversed[0], Bytes);
        Tma.Commit();
        Tma.WaitGroup(0);
    }
}
