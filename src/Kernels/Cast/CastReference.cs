namespace CogVideoX.Kernels;

public readonly partial struct Cast
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
            y.Set(i, x[i]);
    }
}
