using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// y = ca·a + cb·b + cc·c, each product and sum rounded, from left to right: as the samplers of the reference compute. Terms
/// whose pointer is null are left out.
/// </summary>
/// <param name="a">[count]</param>
/// <param name="b">[count] or null</param>
/// <param name="c">[count] or null; null where <paramref name="b"/> is</param>
/// <param name="y">[count]</param>
public readonly unsafe partial struct Combine(float* a, float ca, float* b, float cb, float* c, float cc, float* y, long count) : IOperation
{
    private readonly float* a = a;
    private readonly float ca = ca;
    private readonly float* b = b;
    private readonly float cb = cb;
    private readonly float* c = c;
    private readonly float cc = cc;
    private readonly float* y = y;
    private readonly long count = count;

    /// <inheritdoc/>
    public static string Name => "combine";

    /// <inheritdoc/>
    public long Flops => count * (c is not null ? 5 : b is not null ? 3 : 1);
}
