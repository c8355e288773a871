using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y[i] = table[ids[i]], widened to fp32.</summary>
/// <param name="ids">[count], each inside the table</param>
/// <param name="table">[rows, width]</param>
/// <param name="y">[count, width]</param>
public readonly unsafe partial struct Embedding(int* ids, WeightPointer table, float* y, int count, int width) : IOperation
{
    private readonly int* ids = ids;
    private readonly WeightPointer table = table;
    private readonly float* y = y;
    private readonly int count = count;
    private readonly int width = width;

    /// <inheritdoc/>
    public static string Name => "embedding";

    /// <inheritdoc/>
    public double Flops => 0;
}
