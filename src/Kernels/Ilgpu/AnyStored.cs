using System.Runtime.CompilerServices;
using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// Numbers whose format a kernel learns when it runs, for what it reads once a result: where a kernel has many operands, one for each
/// combination of formats would be too many. All threads take the same way.
/// </summary>
internal readonly struct AnyStored
{
    private readonly ArrayView<StoredF32> singles;
    private readonly ArrayView<StoredBF16> brains;
    private readonly ArrayView<StoredF16> halves;

    /// <param name="queue">Where it is launched.</param>
    /// <param name="operand">The numbers, or null.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="NotSupportedException">There are no portable kernels for the format.</exception>
    public AnyStored(IlgpuQueue queue, Elements operand, long count)
    {
        ElementFormat format = StoredAs.Format(operand);
        singles = format == ElementFormat.F32 ? queue.View<StoredF32>(operand, count) : ArrayView<StoredF32>.Empty;
        brains = format == ElementFormat.BF16 ? queue.View<StoredBF16>(operand, count) : ArrayView<StoredBF16>.Empty;
        halves = format == ElementFormat.F16 ? queue.View<StoredF16>(operand, count) : ArrayView<StoredF16>.Empty;
        IsNull = operand.IsNull ? 1 : 0;
    }

    /// <summary>1 where the operation has no such operand.</summary>
    public readonly int IsNull;

    /// <summary>A number in fp32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(long index)
    {
        if (singles.Length > 0)
            return singles[index].Value;
        return brains.Length > 0 ? brains[index].Value : halves[index].Value;
    }
}
