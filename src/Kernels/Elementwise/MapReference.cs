namespace CogVideoX.Kernels;

internal readonly partial struct Map<TFunction>
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
            y.Set(i, (float)TFunction.Exact(x[i]));
    }
}
