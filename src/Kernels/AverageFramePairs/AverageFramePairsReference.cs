namespace CogVideoX.Kernels;

internal readonly partial struct AverageFramePairs
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long frame = 0; frame < (long)batch * Results; frame++)
        {
            (long first, long second) = Sources((int)(frame / Results), (int)(frame % Results));
            for (long i = 0; i < inner; i++)
                y.Set(frame * inner + i, (float)(((double)x[first + i] + x[second + i]) / 2));
        }
    }
}
