using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>c = a·b + c on pairs of bf16, rounded once.</summary>
/// <param name="n">pairs</param>
[KernelName("bf16_fma")]
public readonly struct Bf16Fma(View<BFloat16x2> a, View<BFloat16x2> b, View<BFloat16x2> c, int n) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        for (int i = Grid.BlockX * Block.SizeX + Block.ThreadX; i < n; i += Grid.SizeX * Block.SizeX)
            c[i] = BFloat16x2.FusedMultiplyAdd(a[i], b[i], c[i]);
    }
}
