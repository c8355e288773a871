using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>Forgets to compare with n.</summary>
[KernelName("bad_out_of_bounds")]
public readonly struct OutOfBounds(View<float> x, View<float> y, int n) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        y[i] = x[i] + n * 0;
    }
}
