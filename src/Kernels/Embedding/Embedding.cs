using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y[i] = table[ids[i]], widened to fp32.</summary>
/// <param name="ids">[count], each inside the table</param>
/// <param name="table">[rows, width]</param>
/// <param name="y">[count, width]</param>
internal readonly unsafe partial struct Embedding(
    int* ids, Elements table, Elements y, long count, int rows, int width) : IOperation
{
    private readonly int* ids = ids;
    private readonly Elements table = table;
    private readonly Elements y = y;
    private readonly long count = count;
    private readonly int rows = rows;
    private readonly int width = width;

    /// <inheritdoc/>
    public static string Name => "embedding";

    /// <inheritdoc/>
    public double Flops => 0;
}
