using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Sums of rows, a block each: shuffles within warps, shared memory between them.</summary>
/// <param name="x">[rows, n]</param> <param name="sums">[rows]</param>
[KernelName("block_sum")]
public readonly struct BlockSum(View<float> x, View<float> sums, int n) : IKernel
{
    public static Block Block => new(192);

    public void Run()
    {
        Shared<float> partial = Shared.Array<float>(Warp.Size);
        float sum = 0;
        for (int i = Block.ThreadX; i < n; i += Block.SizeX)
            sum += x[Grid.BlockX * n + i];
        sum = Warp.Sum(sum);
        if (Block.ThreadX % Warp.Size == 0)
            partial[Block.ThreadX / Warp.Size] = sum;
        Block.Sync();
        if (Block.ThreadX >= Warp.Size)
            return;
        sum = Warp.Sum(Block.ThreadX < Block.SizeX / Warp.Size ? partial[Block.ThreadX] : 0);
        if (Block.ThreadX == 0)
            sums[Grid.BlockX] = sum;
    }
}
