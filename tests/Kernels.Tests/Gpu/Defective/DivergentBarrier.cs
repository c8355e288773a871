using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>A barrier that a part of a warp reaches.</summary>
[KernelName("bad_divergent_barrier")]
public readonly struct DivergentBarrier(View<int> x, View<int> y) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int v = x[Block.ThreadX];
        if (Block.ThreadX < 40)
            Block.Sync();
        y[Block.ThreadX] = v;
        Block.Sync();
    }
}
