using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>A tensor as values on the host.</summary>
/// <param name="Values">In row-major order.</param>
/// <param name="Shape">As many elements.</param>
public readonly record struct KeptTensor(ReadOnlyMemory<float> Values, Shape Shape)
{
    internal static KeptTensor Of(Tensor tensor) => new(tensor.ToFloats(), tensor.Shape);
}
