using System.Runtime.InteropServices;

namespace CogVideoX.Tensors.Tests.Operations;

/// <summary>The same pseudo-random tensors on every device, in every stored type.</summary>
internal sealed class TestNumbers(Ops ops, int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Where the tensors are.</summary>
    public Ops Ops => ops;

    /// <summary>Values in −1 … 1.</summary>
    public Tensor Floats(Shape shape)
    {
        var values = new float[shape.Count];
        foreach (ref float value in values.AsSpan())
            value = random.NextSingle() * 2 - 1;
        return ops.FromHost(values, shape);
    }

    /// <summary>Values of moderate size, exact in <paramref name="type"/>.</summary>
    public Tensor Of(DType type, Shape shape)
    {
        if (type == DType.F32)
            return Floats(shape);
        if (type.Size == 1)
        {
            var bytes = new byte[shape.Count];
            // The sign, and magnitudes from the middle of either 8-bit format's range.
            foreach (ref byte value in bytes.AsSpan())
                value = (byte)(random.Next(2) * 128 + 40 + random.Next(24));
            return Stored(bytes, shape, type);
        }
        var values = new ushort[shape.Count];
        foreach (ref ushort value in values.AsSpan())
        {
            float number = random.NextSingle() * 2 - 1;
            value = type == DType.F16
                ? BitConverter.HalfToUInt16Bits((Half)number)
                : (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16);
        }
        return ops.FromHost(MemoryMarshal.AsBytes(values.AsSpan()), shape, type);
    }

    // As a checkpoint's: a device that can't compute with them as they lie has them otherwise.
    private Tensor Stored(byte[] bytes, Shape shape, DType type)
    {
        using Ops host = Testing.EachDevice.OpenNaive();
        Tensor stored = host.FromHost(bytes, shape, type);
        return ops.HoldsWeights ? ops.Resident(stored) : ops.FromHost(bytes, shape, type);
    }

    /// <summary>[A, B, C, D] as [A, C, B, D]: between [batch, heads, tokens, …] and [batch, tokens, heads, …].</summary>
    public static Tensor SwapMiddle(Ops ops, Tensor tensor)
    {
        (int a, int b, int c, int d) = (tensor.Shape[0], tensor.Shape[1], tensor.Shape[2], tensor.Shape[3]);
        float[] source = tensor.ToFloats();
        var target = new float[source.Length];
        for (int i = 0; i < a * b * c; i++)
        {
            int to = i / (b * c) * (b * c) + i % c * b + i / c % b;
            source.AsSpan(i * d, d).CopyTo(target.AsSpan(to * d));
        }
        return ops.FromHost(target, [a, c, b, d]);
    }
}
