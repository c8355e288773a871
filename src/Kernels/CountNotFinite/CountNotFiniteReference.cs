namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CountNotFinite
{
    /// <inheritdoc/>
    public void RunReference()
    {
        long found = 0;
        for (long i = 0; i < count; i++)
            found += float.IsFinite(x[i]) ? 0 : 1;
        *y = found;
    }
}
