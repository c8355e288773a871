using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Ilgpu;

namespace CogVideoX.Kernels;

/// <summary>A <see cref="LinearEpilogue"/> as kernels apply it, to each sum while it is still in a register.</summary>
internal readonly struct LinearFinish(IlgpuQueue queue, in LinearEpilogue epilogue, long rows, int outputs)
{
    private readonly AnyStored bias = new(queue, epilogue.Bias, outputs);
    private readonly AnyStored factor = new(queue, epilogue.Factor, rows * outputs);
    private readonly AnyStored residual = new(queue, epilogue.Residual, rows * outputs);
    private readonly RowModulationView gate = new(queue, epilogue.Gate, rows, outputs);
    private readonly int activation = (int)epilogue.Activation, outputs = outputs;

    /// <summary>What is the same for a whole row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowVector Row(long row) => gate.IsNull != 0 ? default : gate.Of(row);

    /// <summary>The result from a sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float sum, long row, int column, RowVector vector)
    {
        long index = row * outputs + column;
        float value = bias.IsNull != 0 ? sum : sum + bias.Of(column);
        if (activation == (int)LinearActivation.GeluTanh)
            value = IlgpuMath.GeluTanh(value);
        else if (activation == (int)LinearActivation.Silu)
            value = IlgpuMath.Silu(value);
        if (factor.IsNull == 0)
            value *= factor.Of(index);
        if (gate.IsNull == 0)
            value *= gate.Of(vector, column);
        return residual.IsNull != 0 ? value : value + residual.Of(index);
    }
}
