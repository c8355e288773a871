using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>A <see cref="LinearEpilogue"/>, applied to sums in registers, and its result stored.</summary>
/// <param name="y">[rows, outputs]</param>
/// <param name="epilogue">What follows the product.</param>
/// <param name="outputs">Numbers of a row.</param>
internal readonly struct LinearCudaFinish(Elements y, in LinearEpilogue epilogue, int outputs) : ITileEnding
{
    private const int MostRows = int.MaxValue - 256; // a tile's rows may lie beyond the last

    private readonly AnyCudaNumbers y = new(y);
    private readonly AnyCudaNumbers bias = new(epilogue.Bias), factor = new(epilogue.Factor), residual = new(epilogue.Residual);
    private readonly CudaRowVectors<AnyCudaNumbers> gate = new(epilogue.Gate);
    private readonly int activation = (int)epilogue.Activation, outputs = outputs;

    /// <summary>Whether kernels have a form for what follows a product.</summary>
    /// <param name="epilogue">What follows it.</param>
    /// <param name="rows">Of the product: they are counted in 31 bits, those before a modulation's first included.</param>
    public static bool Takes(in LinearEpilogue epilogue, long rows) => epilogue.Gate.FirstRow + rows <= MostRows
        && AnyCudaNumbers.Takes(epilogue.Bias) && AnyCudaNumbers.Takes(epilogue.Factor)
        && AnyCudaNumbers.Takes(epilogue.Gate.Text) && AnyCudaNumbers.Takes(epilogue.Gate.Video)
        && AnyCudaNumbers.Takes(epilogue.Residual);

    /// <summary>Whether rows of all operands can be read and written 16 bytes at a time.</summary>
    public bool TakesEights { get; } = IsInEights(y, epilogue, outputs);

    /// <inheritdoc/>
    public void Eights(TileRows rows, int column, Registers<float> sums)
    {
        Registers<float> operand = Registers.Of<float>(8);
        if (!bias.IsNull)
        {
            bias.Eight(column, operand);
            for (int i = 0; i < rows.Count; i++)
                Add(operand, sums.Slice(i * 8));
        }
        Activate(sums, rows.Count * 8);
        if (!factor.IsNull)
        {
            Registers<StoredEight> stored = Read(factor, rows, column);
            for (int i = 0; i < rows.Count; i++)
            {
                factor.Widen(stored[i], operand);
                Multiply(operand, sums.Slice(i * 8));
            }
        }
        if (!gate.IsNull)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                gate.Of(rows[i], out long first).Eight(first + column, operand);
                Multiply(operand, sums.Slice(i * 8));
            }
        }
        if (!residual.IsNull)
        {
            Registers<StoredEight> stored = Read(residual, rows, column);
            for (int i = 0; i < rows.Count; i++)
            {
                residual.Widen(stored[i], operand);
                Add(operand, sums.Slice(i * 8));
            }
        }
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.Has(i))
                y.SetEight((long)rows[i] * outputs + column, sums.Slice(i * 8));
        }
    }

    /// <inheritdoc/>
    public void One(int row, int column, float sum)
    {
        long index = (long)row * outputs + column;
        float value = bias.IsNull ? sum : sum + bias.One(column);
        if (activation == (int)LinearActivation.GeluTanh)
            value = CudaActivation.GeluTanh(value);
        else if (activation == (int)LinearActivation.Silu)
            value = CudaActivation.Silu(value);
        if (!factor.IsNull)
            value *= factor.One(index);
        if (!gate.IsNull)
            value *= gate.Of(row, out long first).One(first + column);
        if (!residual.IsNull)
            value += residual.One(index);
        y.Set(index, value);
    }

    private void Activate(Registers<float> values, int count)
    {
        if (activation == (int)LinearActivation.GeluTanh)
        {
            for (int i = 0; i < count; i++)
                values[i] = CudaActivation.GeluTanh(values[i]);
        }
        else if (activation == (int)LinearActivation.Silu)
        {
            for (int i = 0; i < count; i++)
                values[i] = CudaActivation.Silu(values[i]);
        }
    }

    private Registers<StoredEight> Read(AnyCudaNumbers numbers, TileRows rows, int column)
    {
        Registers<StoredEight> stored = Registers.Of<StoredEight>(TileRows.Most);
        for (int i = 0; i < rows.Count; i++)
            stored[i] = numbers.Read((long)rows[i] * outputs + column);
        return stored;
    }

    private static void Add(Registers<float> operand, Registers<float> values)
    {
        for (int i = 0; i < 8; i++)
            values[i] += operand[i];
    }

    private static void Multiply(Registers<float> operand, Registers<float> values)
    {
        for (int i = 0; i < 8; i++)
            values[i] *= operand[i];
    }

    private static bool IsInEights(Elements y, in LinearEpilogue epilogue, int outputs) => outputs % 8 == 0
        && epilogue.Gate.BatchStride % 8 == 0
        && CudaQueue.IsAligned(y)
        && CudaQueue.IsAligned(epilogue.Bias)
        && CudaQueue.IsAligned(epilogue.Factor)
        && CudaQueue.IsAligned(epilogue.Gate.Text)
        && CudaQueue.IsAligned(epilogue.Gate.Video)
        && CudaQueue.IsAligned(epilogue.Residual);
}
