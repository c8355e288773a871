using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Arithmetic on pairs of f16.</summary>
/// <param name="a">[n]</param> <param name="b">[n]</param> <param name="results">[n, 6]</param>
[KernelName("halves")]
public readonly struct Halves(View<Half2> a, View<Half2> b, View<Half2> results, int n) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (i >= n)
            return;
        Half2 x = a[i], y = b[i];
        View<Half2> r = results.Slice((long)i * 6, 6);
        r[0] = x + y;
        r[1] = x * y;
        r[2] = Half2.FusedMultiplyAdd(x, y, x);
        r[3] = Half2.Max(x, y);
        r[4] = Half2.Exp2(x * Half2.Both(0.1f));
        r[5] = -y - x;
    }
}
