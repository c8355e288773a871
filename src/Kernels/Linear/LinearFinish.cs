using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Ilgpu;

namespace CogVideoX.Kernels;

/// <summary>A <see cref="LinearEpilogue"/> as kernels apply it, to each sum while it is still in a register.</summary>
internal readonly struct LinearFinish(IlgpuQueue queue, in LinearEpilogue epilogue, long rows, int outputs)
{
    private readonly AnyNumbers bias = new(queue, epilogue.Bias, outputs);
    private readonly AnyNumbers factor = new(queue, epilogue.Factor, rows * outputs);
    private readonly AnyNumbers residual = new(queue, epilogue.Residual, rows * outputs);
    private readonly RowVectors gate = new(queue, epilogue.Gate, rows, outputs);
    private readonly int activation = (int)epilogue.Activation, outputs = outputs;

    /// <summary>What is the same for a whole row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowVector Row(long row) => gate.IsNull ? default : gate.Of(row);

    /// <summary>The result from a sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float sum, long row, int column, RowVector vector)
    {
        long index = row * outputs + column;
        float value = bias.IsNull ? sum : sum + bias.One(column);
        if (activation == (int)LinearActivation.GeluTanh)
            value = IlgpuMath.GeluTanh(value);
        else if (activation == (int)LinearActivation.Silu)
            value = IlgpuMath.Silu(value);
        if (!factor.IsNull)
            value *= factor.One(index);
        if (!gate.IsNull)
            value *= vector.One(column);
        return residual.IsNull ? value : value + residual.One(index);
    }
}
