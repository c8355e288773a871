using CogVideoX.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace CogVideoX.Pipelines;

/// <summary>Whether a stage's numbers are numbers.</summary>
internal static class FiniteCheck
{
    public static bool IsFinite(Tensor tensor)
    {
        int rows = tensor.Shape[0];
        for (int row = 0; row < rows; row++)
        {
            if (!TensorPrimitives.IsFiniteAll<float>(tensor.Rows(row, 1).AsReadOnlySpan<float>()))
                return false;
        }
        return true;
    }

    /// <exception cref="GenerationException">NaN or infinity in it.</exception>
    public static void Check(Tensor tensor, string what)
    {
        if (!IsFinite(tensor))
            throw new GenerationException($"NaN or infinity in {what}: its weights are damaged, or they were saved in a type too narrow for them.");
    }
}
