namespace CogVideoX.Kernels;

internal readonly partial struct UpsampleNearest
{
    /// <inheritdoc/>
    public void RunReference()
    {
        VideoSize result = Result;
        for (long i = 0; i < result.Count; i++)
        {
            (long pixel, long c) = Math.DivRem(i, result.Channels);
            y.Set(i, x[SourcePixel(result.Position(pixel)) * result.Channels + c]);
        }
    }
}
