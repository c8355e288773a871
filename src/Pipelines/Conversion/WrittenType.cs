using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>The types that numbers are written in.</summary>
internal static class WrittenType
{
    /// <summary>What a tensor is written as.</summary>
    /// <param name="stored">Its type.</param>
    /// <param name="asked">What was asked for; null to keep it, where 8-bit floats and quantised blocks become BF16.</param>
    public static DType Of(DType stored, DType? asked)
    {
        if (!stored.IsKernelFloat && stored != DType.F64)
            return stored; // an index, a truth value
        return asked ?? (stored.IsBlocked || stored.Size == 1 ? DType.BF16 : stored);
    }
}
