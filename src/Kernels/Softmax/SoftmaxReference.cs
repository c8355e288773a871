namespace CogVideoX.Kernels;

internal readonly partial struct Softmax
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long row = 0; row < rows; row++)
        {
            Elements source = x.Slice(row * width);
            double max = double.NegativeInfinity, sum = 0;
            for (int i = 0; i < width; i++)
                max = Math.Max(max, source[i]);
            for (int i = 0; i < width; i++)
                sum += Math.Exp(source[i] - max);
            for (int i = 0; i < width; i++)
                y.Set(row * width + i, (float)(Math.Exp(source[i] - max) / sum));
        }
    }
}
