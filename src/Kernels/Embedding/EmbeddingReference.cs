namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Embedding
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
        {
            for (int k = 0; k < width; k++)
                y.Set(i * width + k, table[(long)ids[i] * width + k]);
        }
    }
}
