using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Softmax of rows of bf16, a warp each.</summary>
/// <param name="x">[rows, n]</param> <param name="y">[rows, n]</param>
[KernelName("softmax_rows")]
public readonly struct SoftmaxRows(View<BFloat16> x, View<float> y, int n) : IKernel
{
    private const float Log2E = 1.4426950408889634f;

    public static Block Block => new(128);

    public void Run()
    {
        int row = Grid.BlockX * (Block.SizeX / Warp.Size) + Block.ThreadX / Warp.Size, lane = Block.ThreadX % Warp.Size;
        View<BFloat16> input = x.Slice((long)row * n, n);
        View<float> output = y.Slice((long)row * n, n);
        float largest = float.NegativeInfinity;
        for (int i = lane; i < n; i += Warp.Size)
            largest = Approximate.Max(largest, input[i]);
        largest = Warp.Max(largest);
        float sum = 0;
        for (int i = lane; i < n; i += Warp.Size)
        {
            float e = Approximate.Exp2((input[i] - largest) * Log2E);
            output[i] = e;
            sum += e;
        }
        sum = Warp.Sum(sum);
        for (int i = lane; i < n; i += Warp.Size)
            output[i] = Approximate.Divide(output[i], sum);
    }
}
