namespace CogVideoX.Kernels;

public readonly unsafe partial struct Combine
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
        {
            double sum = (double)ca * a[i];
            if (b is not null)
                sum += (double)cb * b[i];
            if (c is not null)
                sum += (double)cc * c[i];
            y[i] = (float)sum;
        }
    }
}
