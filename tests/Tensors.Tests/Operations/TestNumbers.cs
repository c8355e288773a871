namespace CogVideoX.Tensors.Tests.Operations;

/// <summary>The same pseudo-random tensors on every device, in every stored type.</summary>
internal sealed class TestNumbers(Ops ops, int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Values in −1 … 1.</summary>
    public Tensor Floats(Shape shape)
    {
        Tensor tensor = ops.Empty(shape);
        foreach (ref float value in tensor.AsSpan<float>())
            value = random.NextSingle() * 2 - 1;
        return tensor;
    }

    /// <summary>Values of moderate size, exact in <paramref name="type"/>.</summary>
    public Tensor Of(DType type, Shape shape)
    {
        if (type == DType.F32)
            return Floats(shape);
        Tensor tensor = ops.Memory.Empty(shape, type);
        if (type.Size == 1)
        {
            // The sign, and magnitudes from the middle of either 8-bit format's range.
            foreach (ref byte value in tensor.AsSpan<byte>())
                value = (byte)(random.Next(2) * 128 + 40 + random.Next(24));
            return tensor;
        }
        foreach (ref ushort value in tensor.AsSpan<ushort>())
        {
            float number = random.NextSingle() * 2 - 1;
            value = type == DType.F16 ? BitConverter.HalfToUInt16Bits((Half)number) : (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16);
        }
        return tensor;
    }

    /// <summary>[A, B, C, D] as [A, C, B, D]: between [batch, heads, tokens, …] and [batch, tokens, heads, …].</summary>
    public static Tensor SwapMiddle(Ops ops, Tensor tensor)
    {
        (int a, int b, int c, int d) = (tensor.Shape[0], tensor.Shape[1], tensor.Shape[2], tensor.Shape[3]);
        Tensor result = ops.Empty([a, c, b, d]);
        float[] source = tensor.ToFloats();
        Span<float> target = result.AsSpan<float>();
        for (int i = 0; i < a * b * c; i++)
        {
            int to = i / (b * c) * (b * c) + i % c * b + i / c % b;
            source.AsSpan(i * d, d).CopyTo(target[(to * d)..]);
        }
        return result;
    }
}
