using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>How many numbers are NaN or infinite: what a device computes so that no more than that is read back.</summary>
/// <param name="x">[count]</param>
/// <param name="y">[1]</param>
internal readonly unsafe partial struct CountNotFinite(Elements x, long* y, long count) : IOperation
{
    private readonly Elements x = x;
    private readonly long* y = y;
    private readonly long count = count;

    /// <inheritdoc/>
    public static string Name => "count_not_finite";

    /// <inheritdoc/>
    public double Flops => 0;
}
