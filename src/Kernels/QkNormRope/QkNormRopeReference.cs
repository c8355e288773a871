namespace CogVideoX.Kernels;

internal readonly partial struct QkNormRope
{
    /// <inheritdoc/>
    public void RunReference()
    {
        var head = new double[width];
        for (long row = 0; row < (long)batch * tokens * heads; row++)
        {
            int token = (int)(row / heads % tokens);
            for (int i = 0; i < width; i++)
                head[i] = x[row * width + i];
            if (!weight.IsNull)
                Normalise(head);
            if (!cosine.IsNull && token >= textTokens)
                Rotate(head, (long)(token - textTokens) * width);
            for (int i = 0; i < width; i++)
                y.Set(row * width + i, (float)head[i]);
        }
    }

    private void Normalise(double[] head)
    {
        double mean = 0, variance = 0;
        foreach (double value in head)
            mean += value / width;
        foreach (double value in head)
            variance += (value - mean) * (value - mean) / width;
        for (int i = 0; i < width; i++)
            head[i] = (head[i] - mean) / Math.Sqrt(variance + epsilon) * weight[i] + (bias.IsNull ? 0 : bias[i]);
    }

    private void Rotate(double[] head, long position)
    {
        for (int i = 0; i < width; i += 2)
        {
            (double even, double odd) = (head[i], head[i + 1]);
            head[i] = even * cosine[position + i] - odd * sine[position + i];
            head[i + 1] = odd * cosine[position + i + 1] + even * sine[position + i + 1];
        }
    }
}
