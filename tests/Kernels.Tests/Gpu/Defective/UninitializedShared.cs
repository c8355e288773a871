using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>Reads shared memory that only half of the threads wrote.</summary>
[KernelName("bad_uninitialized_shared")]
public readonly struct UninitializedShared(View<float> y) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        Shared<float> s = Shared.Array<float>(64);
        if (Block.ThreadX < 32)
            s[Block.ThreadX] = 1;
        Block.Sync();
        y[Block.ThreadX] = s[Block.ThreadX];
    }
}
