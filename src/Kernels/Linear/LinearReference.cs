namespace CogVideoX.Kernels;

public readonly unsafe partial struct Linear
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < outputs; column++)
            {
                double sum = 0;
                for (int k = 0; k < inputs; k++)
                    sum += (double)x[(long)row * inputs + k] * weight[(long)column * inputs + k];
                y[(long)row * outputs + column] = (float)Finish(sum, row, column);
            }
        }
    }

    private double Finish(double value, int row, int column)
    {
        long index = (long)row * outputs + column;
        if (!epilogue.Bias.IsNull)
            value += epilogue.Bias[column];
        value = epilogue.Activation switch
        {
            // (1 + tanh u)/2 as a logistic function: near −1 the sum would cancel, even in double.
            LinearActivation.GeluTanh => value / (1 + Math.Exp(-Math.Sqrt(8 / Math.PI) * (value + 0.044715 * value * value * value))),
            LinearActivation.Silu => value / (1 + Math.Exp(-value)),
            _ => value,
        };
        if (epilogue.Factor is not null)
            value *= epilogue.Factor[index];
        if (!epilogue.Gate.IsNull)
            value *= epilogue.Gate.Of(row)[column];
        if (epilogue.Residual is not null)
            value += epilogue.Residual[index];
        return value;
    }
}
