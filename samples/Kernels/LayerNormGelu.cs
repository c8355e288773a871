using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>GELU (tanh form) of the layer norm of rows, a block each: vectors of four, sums by shared atomics.</summary>
/// <param name="x">[rows, n4], four floats each</param> <param name="weight">[n4]</param> <param name="y">[rows, n4]</param>
[KernelName("layernorm_gelu")]
public readonly struct LayerNormGelu(View<Float4> x, View<Float4> weight, View<Float4> y, int n4) : IKernel
{
    private const float Epsilon = 1e-5f;

    public static Block Block => new(64);

    public void Run()
    {
        Shared<float> sums = Shared.Array<float>(2);
        if (Block.ThreadX < 2)
            sums[Block.ThreadX] = 0;
        Block.Sync();
        View<Float4> input = x.Slice(Grid.BlockX * n4, n4), output = y.Slice(Grid.BlockX * n4, n4);
        float sum = 0, squares = 0;
        for (int i = Block.ThreadX; i < n4; i += Block.SizeX)
        {
            Float4 v = input[i];
            sum += v.X + v.Y + v.Z + v.W;
            squares += v.X * v.X + v.Y * v.Y + v.Z * v.Z + v.W * v.W;
        }
        Atomic.Accumulate(ref sums[0], sum);
        Atomic.Accumulate(ref sums[1], squares);
        Block.Sync();
        float mean = sums[0] / (4 * n4), scale = Approximate.ReciprocalSquareRoot(sums[1] / (4 * n4) - mean * mean + Epsilon);
        for (int i = Block.ThreadX; i < n4; i += Block.SizeX)
        {
            Float4 v = input[i], w = weight[i];
            output[i] = new(
                Gelu((v.X - mean) * scale * w.X), Gelu((v.Y - mean) * scale * w.Y),
                Gelu((v.Z - mean) * scale * w.Z), Gelu((v.W - mean) * scale * w.W));
        }
    }

    private static float Gelu(float u) => 0.5f * u * (1 + Approximate.AccurateTanh(0.7978845608f * (u + 0.044715f * u * u * u)));
}
