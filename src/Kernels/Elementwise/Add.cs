using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y = a + b, with b repeated over the leading dimensions of a.</summary>
/// <param name="a">[rows, width]</param>
/// <param name="b">[width]</param>
/// <param name="y">[rows, width]</param>
internal readonly unsafe partial struct Add(Elements a, Elements b, Elements y, long rows, long width) : IOperation
{
    private readonly Elements a = a;
    private readonly Elements b = b;
    private readonly Elements y = y;
    private readonly long rows = rows;
    private readonly long width = width;

    /// <inheritdoc/>
    public static string Name => "add";

    /// <inheritdoc/>
    public double Flops => (double)rows * width;
}
