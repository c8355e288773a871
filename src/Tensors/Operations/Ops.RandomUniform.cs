using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    private const float Steps = 1 << 23; // of half a range

    /// <summary>
    /// Random numbers, made where they are needed: uniform between centre − halfRange and centre + halfRange. Element i depends on
    /// key + i and the range alone, so that every device makes the same.
    /// </summary>
    /// <param name="shape">Of the result.</param>
    /// <param name="type">F32, BF16 or F16.</param>
    /// <param name="key">Which numbers.</param>
    /// <param name="centre">The middle of the range.</param>
    /// <param name="halfRange">Half its width.</param>
    /// <param name="lasts">Whether the tensor outlives its scope, as weights do.</param>
    /// <exception cref="TensorException">Another type.</exception>
    public Tensor RandomUniform(Shape shape, DType type, ulong key, float centre, float halfRange, bool lasts = false)
    {
        Check(
            type == DType.F32 || type == DType.BF16 || type == DType.F16, "random_uniform",
            $"results are F32, BF16 or F16, and {type.Name} was asked for.");
        Tensor y = lasts ? Memory.Lasting(shape, type) : Memory.Empty(shape, type);
        Run(new RandomUniform(key, centre, halfRange / Steps, y.Elements, shape.Count));
        return y;
    }
}
