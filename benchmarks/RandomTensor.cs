using CogVideoX.Tensors;

namespace CogVideoX.Benchmarks;

/// <summary>Tensors of random numbers.</summary>
internal static class RandomTensor
{
    private static readonly Random Random = new(1);

    /// <summary>F32 or BF16 values in −1 … 1.</summary>
    public static Tensor Of(Ops ops, DType type, Shape shape)
    {
        Tensor tensor = ops.Memory.Empty(shape, type);
        if (type == DType.F32)
        {
            foreach (ref float value in tensor.AsSpan<float>())
                value = Random.NextSingle() * 2 - 1;
        }
        else
        {
            foreach (ref ushort value in tensor.AsSpan<ushort>())
                value = (ushort)(BitConverter.SingleToUInt32Bits(Random.NextSingle() * 2 - 1) >> 16);
        }
        return tensor;
    }
}
