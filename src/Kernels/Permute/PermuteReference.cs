namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Permute
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < plan.Count; i++)
        {
            long source = plan.Offsets(i, -1, -1).Source;
            for (int k = 0; k < elementSize; k++)
                y[i * elementSize + k] = x[source * elementSize + k];
        }
    }
}
