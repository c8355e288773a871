namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>A stored F64 tensor as F32, each number rounded: kernels read no F64. It lasts, as weights do.</summary>
    /// <param name="stored">Any shape, on the host.</param>
    /// <exception cref="TensorException">It isn't F64.</exception>
    public Tensor Narrow(Tensor stored)
    {
        Check(stored.Type == DType.F64, "narrow", $"{stored} isn't F64.");
        Tensor result = Memory.Lasting(stored.Shape, DType.F32);
        Write(result, new Narrowing(stored), PartFloats);
        return result;
    }

    private readonly struct Narrowing(Tensor stored) : IFloatWriter
    {
        public unsafe void Write(long first, Span<float> destination)
        {
            var source = new ReadOnlySpan<double>(stored.Address + first * sizeof(double), destination.Length);
            for (int i = 0; i < destination.Length; i++)
                destination[i] = (float)source[i];
        }
    }
}
