namespace CogVideoX.Kernels;

internal readonly unsafe partial struct StridedCopy
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long block = 0; block < blocks; block++)
        {
            for (long i = 0; i < blockBytes; i++)
                y[block * yStride + i] = x[block * xStride + i];
        }
    }
}
