namespace CogVideoX.Kernels;

internal readonly partial struct Blend
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long block = 0; block < outer; block++)
        {
            for (int row = 0; row < afterSize; row++)
            {
                long target = (block * afterSize + row) * inner;
                long source = (block * beforeSize + beforeSize - extent + row) * inner;
                double share = row < extent ? (double)row / extent : 1;
                for (long i = 0; i < inner; i++)
                {
                    y.Set(
                        target + i, share < 1 ? (float)(before[source + i] * (1 - share) + after[target + i] * share) : after[target + i]);
                }
            }
        }
    }
}
