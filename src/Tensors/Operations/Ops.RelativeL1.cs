using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>
    /// Σ|x − r| / Σ|r|: how far x is from a reference, as a share of it. Two numbers are read back. 0 where both are zero; infinite in a
    /// dry run, where everything counts as changed.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="reference">r, of the same shape and type</param>
    /// <returns>A NaN where a number of either is one.</returns>
    /// <exception cref="TensorException">The shapes or the types differ.</exception>
    public double RelativeL1(Tensor x, Tensor reference)
    {
        using MemoryScope scope = Scope();
        Tensor sums = Empty([2]);
        RelativeL1(x, reference, sums);
        return RelativeL1Of(sums);
    }

    /// <summary>The same in two halves: this one reads nothing back, so that it can be recorded.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="reference">r, of the same shape and type</param>
    /// <param name="sums">F32 [2], for <see cref="RelativeL1Of"/></param>
    internal unsafe void RelativeL1(Tensor x, Tensor reference, Tensor sums)
    {
        Check(
            x.Shape == reference.Shape && x.Type == reference.Type, "relative_l1",
            $"{x} and {reference} can't be compared; shape and type must be equal.");
        using MemoryScope scope = Scope();
        Tensor parts = Memory.Empty(Bytes(Kernels.RelativeL1.PartBytes(x.Count)), DType.U8);
        Run(new RelativeL1(
            Operand("relative_l1", x), Operand("relative_l1", reference), (float*)sums.Address, parts.Address, x.Count));
    }

    /// <summary>What the sums come to, read back.</summary>
    internal unsafe double RelativeL1Of(Tensor sums)
    {
        if (IsPlanning)
            return double.PositiveInfinity;
        float* values = stackalloc float[2];
        device.CopyOut((nint)sums.Address, values, 2 * sizeof(float));
        return values[0] == 0 ? 0 : (double)values[0] / values[1];
    }
}
