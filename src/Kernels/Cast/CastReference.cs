namespace CogVideoX.Kernels;

internal readonly partial struct Cast
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
            y.Set(i, x[i]);
    }
}
