namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>A stored F64 tensor as F32, each number rounded: kernels read no F64.</summary>
    /// <param name="stored">Any shape, in memory that the CPU sees.</param>
    /// <exception cref="TensorException">It isn't F64.</exception>
    public unsafe Tensor Narrow(Tensor stored)
    {
        Check(stored.Type == DType.F64, "narrow", $"{stored} isn't F64.");
        Tensor result = Empty(stored.Shape);
        if (!HoldsData)
            return result;
        double* source = (double*)stored.Address;
        float* target = result.Floats;
        for (long i = 0; i < stored.Count; i++)
            target[i] = (float)source[i];
        return result;
    }
}
