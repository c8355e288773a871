namespace CogVideoX.Kernels;

internal readonly partial struct Linear
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long row = 0; row < rows; row++)
        {
            for (int column = 0; column < outputs; column++)
            {
                double sum = 0;
                for (int k = 0; k < inputs; k++)
                    sum += (double)x[row * inputs + k] * weight[(long)column * inputs + k];
                y.Set(row * outputs + column, (float)Finish(sum, row, column));
            }
        }
    }

    internal static double Activate(double value, LinearActivation activation) => activation switch
    {
        // (1 + tanh u)/2 as a logistic function: near −1 the sum would cancel, even in double.
        LinearActivation.GeluTanh => value / (1 + Math.Exp(-Math.Sqrt(8 / Math.PI) * (value + 0.044715 * value * value * value))),
        LinearActivation.Silu => value / (1 + Math.Exp(-value)),
        _ => value,
    };

    private double Finish(double value, long row, int column)
    {
        long index = row * outputs + column;
        if (!epilogue.Bias.IsNull)
            value += epilogue.Bias[column];
        value = Activate(value, epilogue.Activation);
        if (!epilogue.Factor.IsNull)
            value *= epilogue.Factor[index];
        if (!epilogue.Gate.IsNull)
            value *= epilogue.Gate.Of(row)[column];
        if (!epilogue.Residual.IsNull)
            value += epilogue.Residual[index];
        return value;
    }
}
