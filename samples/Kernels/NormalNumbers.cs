using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Normal numbers out of uniform ones (Box and Muller) by the GPU's own functions, and a gamma curve.</summary>
/// <param name="uniform">[n, 2], in (0, 1]</param> <param name="normal">[n, 2]</param> <param name="curve">[n]: the first uniform number
/// to the power of gamma</param>
/// <param name="slope">[n]: tangent of the second</param>
[KernelName("normal_numbers")]
public readonly struct NormalNumbers(
    View<Float2> uniform, View<Float2> normal, View<float> curve, View<float> slope, float gamma, int n) : IKernel
{
    public static Block Block => new(64);

    public void Run()
    {
        int i = Grid.BlockX * Block.SizeX + Block.ThreadX;
        if (i >= n)
            return;
        Float2 u = uniform[i];
        float radius = MathF.Sqrt(-2 * Approximate.Log(u.X)), angle = 2 * MathF.PI * u.Y;
        normal[i] = new Float2(radius * Approximate.Cos(angle), radius * Approximate.Sin(angle));
        curve[i] = Approximate.Pow(u.X, gamma);
        slope[i] = Approximate.Tan(u.Y);
    }
}
