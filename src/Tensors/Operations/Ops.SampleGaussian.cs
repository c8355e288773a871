using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>mean + e^(v/2)·noise, where v is the log variance, kept within −30 … 20: a draw from what a VAE encodes to.</summary>
    /// <param name="mean">[…]</param>
    /// <param name="logVariance">The same shape</param>
    /// <param name="noise">The same shape, normal numbers</param>
    /// <returns>The shape and type of <paramref name="mean"/>.</returns>
    /// <exception cref="TensorException">The shapes differ.</exception>
    public unsafe Tensor SampleGaussian(Tensor mean, Tensor logVariance, Tensor noise)
    {
        Shape shape = mean.Shape;
        Check(
            logVariance.Shape == shape && noise.Shape == shape, "sample_gaussian",
            $"the mean is {shape}, the log variance {logVariance.Shape}, the noise {noise.Shape}; they need one shape.");
        Tensor y = Memory.Empty(shape, mean.Type);
        Run(new SampleGaussian(
            Operand("sample_gaussian", mean), Operand("sample_gaussian", logVariance), Operand("sample_gaussian", noise), y.Elements,
            shape.Count));
        return y;
    }
}
