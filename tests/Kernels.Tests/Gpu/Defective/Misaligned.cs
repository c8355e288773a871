using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>Four floats at once from an odd place.</summary>
[KernelName("bad_misaligned")]
public readonly struct Misaligned(View<float> x, View<Float4> y) : IKernel
{
    public static Block Block => new(32);

    public void Run() => y[Block.ThreadX] = x.Slice(Block.ThreadX * 4 + 1, 4).As<Float4>()[0];
}
