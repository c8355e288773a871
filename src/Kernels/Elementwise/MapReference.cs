namespace CogVideoX.Kernels;

public readonly unsafe partial struct Map<TFunction>
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
            y[i] = (float)TFunction.Exact(x[i]);
    }
}
