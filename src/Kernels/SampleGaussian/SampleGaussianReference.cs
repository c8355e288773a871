namespace CogVideoX.Kernels;

internal readonly partial struct SampleGaussian
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
        {
            double deviation = Math.Exp(0.5 * Math.Clamp(logVariance[i], LeastLogVariance, MostLogVariance));
            y.Set(i, (float)(mean[i] + deviation * noise[i]));
        }
    }
}
