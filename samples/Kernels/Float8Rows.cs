using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Floats to eight bits with a scale, and back.</summary>
/// <param name="x">[n]</param> <param name="narrow">[n], as e4m3 times the scale</param> <param name="wide">[n], what e4m3 stands
/// for</param>
/// <param name="pairs">[n / 2], as e5m2</param>
[KernelName("float8_rows")]
public readonly struct Float8Rows(
    View<float> x, View<Float8E4M3> narrow, View<float> wide, View<Float8E5M2x2> pairs, float scale, int n) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = 2 * (Grid.BlockX * Block.SizeX + Block.ThreadX);
        if (i >= n)
            return;
        for (int k = i; k < i + 2; k++)
        {
            narrow[k] = (Float8E4M3)(x[k] * scale);
            wide[k] = narrow[k] / scale;
        }
        pairs[i / 2] = Float8E5M2x2.From(x[i], x[i + 1]);
    }
}
