namespace CogVideoX.Kernels;

internal readonly partial struct Add
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long row = 0; row < rows; row++)
        {
            for (long i = 0; i < width; i++)
                y.Set(row * width + i, a[row * width + i] + b[i]);
        }
    }
}
