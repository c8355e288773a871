namespace CogVideoX.Kernels;

internal readonly partial struct RandomUniform
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
            y.Set(i, At(key, centre, step, i));
    }
}
