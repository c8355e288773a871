using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>Writes behind the dynamic shared array.</summary>
[KernelName("bad_shared_overflow")]
public readonly struct SharedOverflow(View<float> x, View<float> y) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        Shared<float> s = Shared.Dynamic<float>();
        s[Block.ThreadX * 2] = x[Block.ThreadX];
        Block.Sync();
        y[Block.ThreadX] = s[Block.ThreadX * 2];
    }
}
