using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Operands as kernels of our compiler see them.</summary>
internal static unsafe class CudaElements
{
    /// <summary>The numbers of an operand; an empty view at null where there is none.</summary>
    /// <param name="operand">Stored as <typeparamref name="T"/> is; the caller has seen to that.</param>
    /// <param name="count">How many.</param>
    public static View<T> ToView<T>(this Elements operand, long count) where T : unmanaged =>
        new((T*)operand.Address, operand.IsNull ? 0 : count);

    /// <summary>Whether an operand has activations as such kernels compute with them: of 16 bits, read eight at a time.</summary>
    public static bool IsPacked(this Elements operand) =>
        operand.Format is ElementFormat.BF16 or ElementFormat.F16 && !operand.IsNull && !operand.IsScaled && CudaQueue.IsAligned(operand);
}
