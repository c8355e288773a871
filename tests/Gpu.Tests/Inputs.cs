using CogVideoX.Kernels;
using CogVideoX.Tensors;

namespace CogVideoX.Gpu.Tests;

/// <summary>Random operands, from −2 to 2.</summary>
/// <param name="ops">Where they are used.</param>
/// <param name="activations">The type of activations.</param>
/// <param name="seed">Of the numbers.</param>
internal sealed class Inputs(Ops ops, DType activations, int seed = 1)
{
    private static readonly DType[] Types = [DType.F32, DType.BF16, DType.F16];

    private readonly Random random = new(seed);

    /// <summary>Activations.</summary>
    public Tensor X(Shape shape) => Of(shape, activations);

    /// <summary>Activations that are what <paramref name="marked"/> says where that isn't 0.</summary>
    public Tensor X(Shape shape, Func<long, float> marked) => Of(shape, activations, marked);

    /// <summary>Numbers of a random type, such as weights have.</summary>
    public Tensor Any(Shape shape) => Of(shape, Types[random.Next(Types.Length)]);

    /// <summary>Numbers of a type.</summary>
    public Tensor Of(Shape shape, DType type) => Of(shape, type, _ => 0);

    private unsafe Tensor Of(Shape shape, DType type, Func<long, float> marked)
    {
        ElementFormat format = type == DType.F32 ? ElementFormat.F32 : type == DType.BF16 ? ElementFormat.BF16 : ElementFormat.F16;
        byte[] bytes = new byte[format.Bytes(shape.Count)];
        fixed (byte* address = bytes)
        {
            var numbers = new Elements(address, format);
            for (long i = 0; i < shape.Count; i++)
            {
                float value = (float)(random.NextDouble() * 4 - 2), mark = marked(i);
                numbers.Set(i, mark == 0 ? value : mark);
            }
        }
        return ops.FromHost(bytes, shape, type);
    }
}
