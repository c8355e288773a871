namespace CogVideoX.Kernels;

public readonly unsafe partial struct AverageFramePairs
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (int frame = 0; frame < batch * Results; frame++)
        {
            (long first, long second) = Sources(frame / Results, frame % Results);
            for (long i = 0; i < inner; i++)
                y[frame * inner + i] = (float)(((double)x[first + i] + x[second + i]) / 2);
        }
    }
}
