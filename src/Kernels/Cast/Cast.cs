using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y = x in another format, rounded half to even where it is a shorter one.</summary>
/// <param name="x">[count]</param>
/// <param name="y">[count], F32, BF16 or F16</param>
internal readonly partial struct Cast(Elements x, Elements y, long count) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements y = y;
    private readonly long count = count;

    /// <inheritdoc/>
    public static string Name => "cast";

    /// <inheritdoc/>
    public double Flops => 0;
}
