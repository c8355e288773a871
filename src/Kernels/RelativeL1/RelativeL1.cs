using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// Σ|x − r| and Σ|r|, whose quotient is how far x is from a reference r: the relative L1 distance, by which caches of video models tell
/// whether anything changed (TeaCache, arXiv 2411.19108, section 3.2). Sums have one order on a device, whatever runs beside.
/// </summary>
/// <param name="x">[count]</param>
/// <param name="reference">[count]</param>
/// <param name="y">[2]: the two sums, F32</param>
/// <param name="parts">
/// <see cref="PartBytes"/> for sums of parts. (Not a workspace: an operation that is asked for one may be boxed, and this one runs within
/// the steps of sampling, which allocate nothing.)
/// </param>
internal readonly unsafe partial struct RelativeL1(Elements x, Elements reference, float* y, void* parts, long count) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements reference = reference;
    private readonly float* y = y;
    private readonly void* parts = parts;
    private readonly long count = count;

    /// <inheritdoc/>
    public static string Name => "relative_l1";

    /// <summary>Bytes that any form needs for sums of parts.</summary>
    public static long PartBytes(long count) => Math.Max(CpuPartBytes(count), IlgpuPartBytes);

    /// <inheritdoc/>
    public double Flops => 3.0 * count;
}
