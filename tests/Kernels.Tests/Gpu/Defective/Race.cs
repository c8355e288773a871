using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>
/// Nothing between a write of shared memory and another warp reading it. Zeroed first, so that it is never a read of unwritten memory.
/// </summary>
[KernelName("bad_race")]
public readonly struct Race(View<float> x, View<float> y) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        Shared<float> s = Shared.Array<float>(64);
        s[Block.ThreadX] = 0;
        Block.Sync();
        s[Block.ThreadX] = x[Block.ThreadX];
        y[Block.ThreadX] = s[63 - Block.ThreadX];
    }
}
