using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y = f(x), number by number.</summary>
/// <param name="x">[count]</param>
/// <param name="y">[count]</param>
internal readonly unsafe partial struct Map<TFunction>(Elements x, Elements y, long count) : IOperation
    where TFunction : struct, IElementFunction
{
    private readonly Elements x = x;
    private readonly Elements y = y;
    private readonly long count = count;

    /// <inheritdoc/>
    public static string Name => TFunction.Name;

    /// <inheritdoc/>
    public double Flops => (double)TFunction.Flops * count;
}
