using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>c = a + b.</summary>
/// <param name="n">elements</param>
[KernelName("vector_add")]
public readonly struct VectorAdd(View<float> a, View<float> b, View<float> c, int n) : IKernel
{
    public static Block Block => new(128);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (i < n)
            c[i] = a[i] + b[i];
    }
}
