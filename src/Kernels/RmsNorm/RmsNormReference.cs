namespace CogVideoX.Kernels;

internal readonly partial struct RmsNorm
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long row = 0; row < rows; row++)
        {
            double squares = 0;
            for (int i = 0; i < width; i++)
                squares += (double)x[row * width + i] * x[row * width + i];
            double scale = 1 / Math.Sqrt(squares / width + epsilon);
            for (int i = 0; i < width; i++)
                y.Set(row * width + i, (float)(x[row * width + i] * scale * weight[i]));
        }
    }
}
