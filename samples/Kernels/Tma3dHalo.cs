using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>A box that starts one before the tensor in two dimensions: zeros come in.</summary>
/// <param name="a">bf16, box 8×4×3</param> <param name="y">[blocks, 96]</param>
[KernelName("tma_3d_halo")]
public readonly struct Tma3dHalo(TensorMap a, View<BFloat16> y) : IKernel
{
    private const int Items = 3 * 4 * 8, Bytes = Items * 2;

    public static Block Block => new(32);

    public void Run()
    {
        Shared<BFloat16> box = Shared.Array<BFloat16>(Items, 128);
        MBarrier full = MBarrier.Array(1);
        if (Block.ThreadX == 0)
        {
            full.Initialize(1);
            MBarrier.FenceInitialization();
            full.ArriveExpecting(Bytes);
            Tma.Load(box.Address, a, full, 0, Grid.BlockX * 4 - 1, -1);
        }
        Block.Sync();
        full.Wait(0);
        for (int i = Block.ThreadX; i < Items; i += Block.SizeX)
            y[Grid.BlockX * Items + i] = box[i];
    }
}
