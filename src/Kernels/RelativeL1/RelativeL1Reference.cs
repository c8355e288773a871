namespace CogVideoX.Kernels;

internal readonly unsafe partial struct RelativeL1
{
    /// <inheritdoc/>
    public void RunReference()
    {
        double distance = 0, size = 0;
        for (long i = 0; i < count; i++)
        {
            distance += Math.Abs((double)x[i] - reference[i]);
            size += Math.Abs((double)reference[i]);
        }
        (y[0], y[1]) = ((float)distance, (float)size);
    }
}
