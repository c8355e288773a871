namespace CogVideoX.Kernels;

internal readonly partial struct LayerNorm
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long row = 0; row < rows; row++)
        {
            Elements source = x.Slice(row * width);
            double mean = 0, variance = 0;
            for (int i = 0; i < width; i++)
                mean += source[i] / (double)width;
            for (int i = 0; i < width; i++)
                variance += (source[i] - mean) * (source[i] - mean) / width;
            for (int i = 0; i < width; i++)
            {
                double value = (source[i] - mean) / Math.Sqrt(variance + epsilon);
                value *= weight.IsNull ? 1 : weight[i];
                value += bias.IsNull ? 0 : bias[i];
                if (!scale.IsNull)
                    value = value * (1.0 + scale.Of(row)[i]) + shift.Of(row)[i];
                y.Set(row * width + i, (float)value);
            }
        }
    }
}
